from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.robots import LONGEST_DELAY_S, PARSED_BYTES, product_token, rules_from, unreachable

HOST = "http://portal.test"


def test_a_forbidden_path_is_not_allowed_and_others_are() -> None:
    rules = rules_from(200, b"User-agent: *\nDisallow: /quan-tri/\nAllow: /quan-tri/cong-khai\n", "tangthu")
    assert not rules.allows(f"{HOST}/quan-tri/nguoi-dung")
    assert rules.allows(f"{HOST}/quan-tri/cong-khai")
    assert rules.allows(f"{HOST}/tin-tuc")


def test_robots_txt_itself_is_always_allowed() -> None:
    assert rules_from(200, b"User-agent: *\nDisallow: /\n", "tangthu").allows(f"{HOST}/robots.txt")


def test_a_group_of_our_own_goes_before_the_one_for_all() -> None:
    rules = rules_from(200, b"User-agent: *\nDisallow: /\n\nUser-Agent: TangThu/2.0\nDisallow: /mat\n", "tangthu")
    assert rules.allows(f"{HOST}/tin-tuc")
    assert not rules.allows(f"{HOST}/mat")


def test_a_group_for_the_beginning_of_our_name_is_not_ours() -> None:
    rules = rules_from(200, b"User-agent: tang\nDisallow: /\n\nUser-agent: other\nDisallow: /\n", "tangthu")
    assert rules.allows(f"{HOST}/tin-tuc")


def test_rules_for_a_list_of_agents_with_ours_among_them_hold() -> None:
    rules = rules_from(200, b"User-agent: other\nUser-agent: tangthu\nUser-agent: third\nDisallow: /x\n", "tangthu")
    assert not rules.allows(f"{HOST}/x")


def test_wildcards_and_vietnamese_paths_match() -> None:
    rules = rules_from(200, "User-agent: *\nDisallow: /*.pdf$\nDisallow: /tìm-kiếm\n".encode(), "tangthu")
    assert not rules.allows(f"{HOST}/a/b.pdf")
    assert rules.allows(f"{HOST}/a/b.pdf?x")
    assert not rules.allows(f"{HOST}/t%C3%ACm-ki%E1%BA%BFm?q=1")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_no_robots_txt_means_all_is_allowed(status: int) -> None:
    assert rules_from(status, b"User-agent: *\nDisallow: /\n", "tangthu").allows(f"{HOST}/x")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 304, 300])
def test_a_host_in_trouble_is_left_alone(status: int) -> None:
    rules = rules_from(status, b"User-agent: *\nAllow: /\n", "tangthu")
    assert not rules.reachable
    assert not rules.allows(f"{HOST}/x")
    assert str(status) in rules.why


def test_unreachable_rules_allow_nothing() -> None:
    assert not unreachable("tangthu", "timeout").allows(f"{HOST}/robots.txt")


def test_an_html_page_in_place_of_robots_txt_forbids_nothing() -> None:
    assert rules_from(
        200, b"<!DOCTYPE html><html><body>Kh\xc3\xb4ng t\xc3\xacm th\xe1\xba\xa5y trang</body></html>", "tangthu"
    ).allows(HOST)


@pytest.mark.parametrize(
    ("line", "delay_s"),
    [
        ("Crawl-delay: 4", 4.0),
        ("crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 86400", LONGEST_DELAY_S),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: inf", 0.0),
        ("Crawl-delay: -3", 0.0),
        ("Crawl-delay: soon", 0.0),
        ("Disallow:", 0.0),
    ],
)
def test_the_crawl_delay_is_read_and_capped(line: str, delay_s: float) -> None:
    assert rules_from(200, f"User-agent: *\n{line}\n".encode(), "tangthu").delay_s == delay_s


def test_what_stands_beyond_the_parsed_size_is_left_out() -> None:
    body = b"User-agent: *\nDisallow: /near\n" + b"#" * PARSED_BYTES + b"\nDisallow: /far\n"
    rules = rules_from(200, body, "tangthu")
    assert not rules.allows(f"{HOST}/near")
    assert rules.allows(f"{HOST}/far")


@pytest.mark.parametrize("line", ["User-agent:a%d\n", "useragent a%d\r", "User  Agent: a%d\x0b", "\tUSER-AGENT\ta%d\u2028"])
def test_thousands_of_agents_over_thousands_of_rules_stay_cheap(line: str) -> None:
    body = "".join(line % number for number in range(15_000)).encode() + b"\nDisallow:/a\n" * 20_000
    began = time.monotonic()
    assert rules_from(200, body, "tangthu").allows(f"{HOST}/a")
    assert time.monotonic() - began < 5


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_make_rules(body: bytes) -> None:
    rules = rules_from(200, body, "tangthu")
    assert rules.allows(f"{HOST}/x") in (True, False)
    assert 0.0 <= rules.delay_s <= LONGEST_DELAY_S


@pytest.mark.parametrize(
    ("agent", "token"),
    [("TangThu/0.1 (+mailto:a@b.vn)", "TangThu"), ("tangthu", "tangthu"), ("tangthu bot", "tangthu"), ("", "")],
)
def test_the_product_token_is_the_first_word(agent: str, token: str) -> None:
    assert product_token(agent) == token
