"""Makes the attachments of the sample portal: `python -m samples.make_files`, all of them anew into `samples/files/`.

They are kept in the repository; nobody needs to run this but who changes a text. It wants what no test wants: `chromium` (PDFs
with a text layer), `soffice` of LibreOffice (DOC, XLS, PPT, PPTX, ODT and the encrypted PDF; by hand: `apt-get install
libreoffice-writer libreoffice-calc libreoffice-impress`), and the fonts DejaVu. Texts are invented, as those of the
announcements are.
"""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import docx
import openpyxl
from PIL import Image, ImageDraw, ImageFilter, ImageFont

HERE = Path(__file__).parent / "files"
MARK = "Văn bản mẫu, viết để thử phần mềm. Cơ quan, con người và số liệu đều không có thật. Sample: nothing is real."
_FONTS = Path("/usr/share/fonts/truetype/dejavu")
_PAGE = (1240, 1754)
"""A4 at 150 dpi."""
_LOWER = "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ"
_TCVN3 = "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\xadõö÷øùúûüýþ"
_TO_TCVN3 = str.maketrans(dict(zip(_LOWER + "ĂÂÊÔƠƯĐ", _TCVN3 + "¡¢£¤¥¦§", strict=True)))
"""TCVN 5712:1993 as its bytes read in Windows-1252; capitals with tones have no code, and none stand in the texts."""


def tcvn3(text: str) -> bytes:
    """The bytes of a text in TCVN3 (ABC)."""
    return text.translate(_TO_TCVN3).encode("windows-1252")


# pages of text

QUYET_TOAN = (
    (
        "Báo cáo thuyết minh quyết toán năm 2018",
        "Kèm theo Thông báo số 41/TB-STC của Sở Tài chính tỉnh Mẫu.",
        "Thu cân đối vượt dự toán nhờ tiền thuê đất nộp một lần và thu phạt chậm nộp.",
        "Chi thường xuyên thấp hơn dự toán do sáp nhập đơn vị.",
    ),
    (
        "Phần II. Cân đối và kết dư",
        "Kết dư ngân sách chuyển sang năm sau được trích một nửa vào quỹ dự trữ tài chính.",
        "Khoản hỗ trợ kè chống sạt lở xóm Bến Gỗ chuyển nguồn toàn bộ.",
    ),
)
BAN_QUET = (
    (
        "Số: 31/QĐ-STC",
        "QUYẾT ĐỊNH",
        "Về việc phân bổ kinh phí tiết kiệm năm 2020",
        "GIÁM ĐỐC SỞ TÀI CHÍNH TỈNH MẪU",
        "Căn cứ Kế hoạch số 52/KH-STC của Sở Tài chính tỉnh Mẫu;",
        "Theo đề nghị của Trưởng phòng Quản lý ngân sách,",
        "QUYẾT ĐỊNH:",
        "Điều 1. Phân bổ 1.250 triệu đồng tiết kiệm chi thường xuyên",
        "cho các công trình cấp bách của huyện Thí Dụ.",
    ),
    (
        "Điều 2. Danh mục công trình:",
        "- Sửa chữa đường xuống bến phà Sậy Vàng: 450 triệu đồng;",
        "- Nạo vét kênh tiêu thôn Hạ: 320 triệu đồng;",
        "- Lắp biển báo cầu treo xã Thí Dụ: 480 triệu đồng.",
        "Điều 3. Quyết định có hiệu lực từ ngày ký.",
        "Nơi nhận: UBND huyện Thí Dụ; Lưu: VT.",
        "GIÁM ĐỐC",
        "(Đã ký)",
        "Nhân Vật Mẫu",
    ),
)
PHONG_CHU_CU = (
    "Số: 17/QĐ-STC",
    "Quyết định về việc cấp kinh phí phục vụ bầu cử",
    "Điều 1. Cấp 96 triệu đồng kinh phí in thẻ cử tri cho các huyện.",
    "Điều 2. Trưởng phòng ngân sách và các đơn vị có tên chịu trách nhiệm thi hành.",
)
TRUNG_TUYEN = (
    ("Danh sách thí sinh trúng tuyển", "1. Nguyễn Văn Mẫu, chuyên viên", "2. Trần Thị Thí Dụ, văn thư"),
    ("Danh sách (tiếp theo)", "3. Lê Ví Dụ, ngạch kế toán viên", "4. Phạm Thị Mẫu, thanh tra viên"),
)


def html_of(pages: Sequence[Sequence[str]]) -> str:
    """Pages as HTML to print."""
    parts = ["<p>".join(escape(line) for line in (MARK, *page)) for page in pages]
    style = "<style>body{font:15px 'DejaVu Serif'} section{break-after:page}</style>"
    return f"<meta charset=utf-8>{style}" + "".join(f"<section><p>{part}</section>" for part in parts)


def printed(folder: Path, html: str) -> bytes:
    """HTML as a PDF with a text layer, by chromium."""
    page, made = folder / "page.html", folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--print-to-pdf={made}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
    )
    return made.read_bytes()


def converted(folder: Path, name: str, content: bytes, to: str) -> bytes:
    """A file as LibreOffice writes it in another format; `to` as its command takes it."""
    source = folder / name
    source.write_bytes(content)
    out = folder / "out"
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", to]
    subprocess.run([*command, "--outdir", str(out), str(source)], check=True, capture_output=True)
    return (out / f"{source.stem}.{to.partition(':')[0]}").read_bytes()


# pictures of pages


def drawn(lines: Sequence[str], size: tuple[int, int] = _PAGE, points: int = 30) -> Image.Image:
    """A page of lines as a grey picture."""
    picture = Image.new("L", size, 255)
    draw = ImageDraw.Draw(picture)
    small, font = (ImageFont.truetype(str(_FONTS / "DejaVuSerif.ttf"), each) for each in (points // 2, points))
    draw.text((size[0] // 12, 40), MARK[:96], 90, small)
    at = 160
    for line in lines:
        draw.text((size[0] // 12, at), line, 20, font)
        at += int(points * 2.1)
    return picture


def scanned(picture: Image.Image, seed: int) -> Image.Image:
    """The same as an office scanner gives it: a little askew, with specks, black and white."""
    chance = random.Random(seed)  # noqa: S311
    turned = picture.rotate(chance.uniform(-0.7, 0.7), Image.Resampling.BICUBIC, fillcolor=255).filter(
        ImageFilter.GaussianBlur(0.6)
    )
    draw = ImageDraw.Draw(turned)
    for _ in range(60):
        x, y = chance.randrange(turned.width), chance.randrange(turned.height)
        draw.ellipse((x, y, x + 2, y + 2), fill=chance.randrange(80, 160))
    return turned.point(lambda grey: 255 if grey > 140 else 0).convert("1")


def photographed(picture: Image.Image) -> Image.Image:
    """The same as a telephone sees it: from the side, unevenly lit."""
    width, height = picture.size
    corners = (18, 6, 0, height, width, height - 24, width - 40, 0)
    seen = picture.convert("RGB").transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    light = Image.linear_gradient("L").resize(picture.size).rotate(180).point(lambda grey: 150 + grey * 90 // 255)
    return Image.composite(seen, Image.new("RGB", picture.size, (96, 84, 60)), light).filter(ImageFilter.GaussianBlur(0.7))


def saved(pictures: Sequence[Image.Image], **options: Any) -> bytes:
    """Pictures as one file."""
    stream = io.BytesIO()
    first, *others = pictures
    more: dict[str, Any] = {"save_all": True, "append_images": others} if others else {}
    first.save(stream, **more, **options)
    return stream.getvalue()


# files written by hand


def legacy_pdf(lines: Sequence[str]) -> bytes:
    """A PDF whose text is TCVN3 in a font named as such, which is not embedded: what a machine without it shows is unreadable."""
    shown = b"".join(b"(" + _escaped(tcvn3(line)) + b") Tj T*\n" for line in lines)
    content = b"BT /F1 13 Tf 60 780 Td 22 TL\n" + shown + b"ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /TrueType /BaseFont /.VnTime /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255 /Widths ["
        + b"500 " * 224
        + b"] /FontDescriptor 6 0 R >>",
        b"<< /Type /FontDescriptor /FontName /.VnTime /Flags 32 /FontBBox [0 -250 1000 900] /ItalicAngle 0 /Ascent 900"
        b" /Descent -250 /CapHeight 700 /StemV 80 >>",
    )
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def _escaped(text: bytes) -> bytes:
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def rtf(lines: Sequence[str]) -> bytes:
    """Lines as RTF, letters beyond ASCII by their numbers."""
    body = "\\par\n".join("".join(char if char.isascii() else f"\\u{ord(char)}?" for char in line) for line in lines)
    return ("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\f0\\fs28\n" + body + "}").encode("ascii")


def word(lines: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Paragraphs and a table as DOCX."""
    document = docx.Document()
    for line in (MARK, *lines):
        document.add_paragraph(line)
    table = document.add_table(len(rows), len(rows[0]))
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def workbook(sheets: dict[str, Sequence[Sequence[object]]]) -> bytes:
    """Sheets as XLSX."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in ([MARK], *rows):
            sheet.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def slides(pages: Sequence[Sequence[str]]) -> bytes:
    """Slides as a flat OpenDocument presentation, for LibreOffice."""
    names = ("office", "text", "draw", "presentation", "style", "svg")
    spaces = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in names}
    spaces |= {
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    }
    declared = " ".join(f'xmlns:{name}="{uri}"' for name, uri in spaces.items())
    frame = (
        '<draw:frame svg:width="24cm" svg:height="12cm" svg:x="1cm" svg:y="1cm"><draw:text-box>{}</draw:text-box></draw:frame>'
    )
    shown = [frame.format("".join(f"<text:p>{escape(line)}</text:p>" for line in (MARK, *page))) for page in pages]
    body = "".join(
        f'<draw:page draw:name="Trang {n}" draw:master-page-name="M">{page}</draw:page>' for n, page in enumerate(shown, 1)
    )
    layout = '<style:page-layout style:name="L"/>'
    master = '<style:master-page style:name="M" style:page-layout-name="L"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {declared} office:version="1.2"'
        ' office:mimetype="application/vnd.oasis.opendocument.presentation">'
        f"<office:automatic-styles>{layout}</office:automatic-styles><office:master-styles>{master}</office:master-styles>"
        f"<office:body><office:presentation>{body}</office:presentation></office:body></office:document>"
    ).encode()


def letter() -> bytes:
    """An e-mail of two parts, one of them a file."""
    message = EmailMessage()
    message["From"], message["To"] = "sotaichinh@sample.example", "nha-thau@sample.example"
    message["Subject"], message["Date"] = "Thư mời chào giá máy chủ", "Mon, 05 Oct 2020 08:30:00 +0700"
    message["Message-ID"] = "<mau-1@sample.example>"
    message.set_content(f"{MARK}\n\nMời quý đơn vị chào giá máy chủ và thiết bị lưu trữ dự phòng theo cấu hình đính kèm.\n")
    message.add_attachment("Bộ nhớ 64 GB; ổ cứng 4 TB.\n", filename="cau-hinh.txt")
    message.set_boundary("=====mau-1=====")
    return message.as_bytes()


def archive() -> bytes:
    """A ZIP of two texts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in (
            ("cau-hinh.txt", "Bộ nhớ 64 GB; ổ cứng 4 TB; nguồn dự phòng."),
            ("mau-bao-gia.csv", "TT,Thiết bị,Đơn giá\n1,Máy chủ,\n"),
        ):
            made.writestr(zipfile.ZipInfo(name, (2020, 10, 5, 8, 30, 0)), f"{MARK}\n{text}\n")
    return stream.getvalue()


# all of them

_LOCKED = (
    'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},'
    '"DocumentOpenPassword":{"type":"string","value":"mau"}}'
)


def files(folder: Path) -> dict[str, bytes]:
    """Name and bytes of every file."""
    layer = printed(folder, html_of(QUYET_TOAN))
    rows = [["TT", "Chỉ tiêu", "Số tiền"], ["1", "Thu cân đối", "11.065.780"], ["2", "Chi chuyển nguồn", "1.180.320"]]
    made = {
        "quyet-toan-2018.pdf": layer,
        "bieu-quyet-toan-2018.xlsx": workbook(
            {"Thu": rows, "Công trình": [["1", "Trạm bơm Đồng Chiêm", 2450], ["2", "Kè Bến Gỗ", 980]]}
        ),
        "ban-quet-quyet-dinh-31.pdf": saved(
            [scanned(drawn(page), n) for n, page in enumerate(BAN_QUET)], format="PDF", resolution=150
        ),
        "quyet-dinh-phong-chu-cu.pdf": legacy_pdf((MARK, *PHONG_CHU_CU)),
        "thoai-von.docx": word(
            ["Đề án thoái vốn", "Nhà nước giữ 36% vốn tại nhà máy nước Suối Lách sau khi thoái vốn."],
            [["Đợt", "Tỷ lệ"], ["Một", "15%"]],
        ),
        "huong-dan-khoa-so.rtf": rtf(
            (MARK, "Mẫu biên bản khóa sổ kế toán", "Hôm nay, chúng tôi gồm: kế toán, thủ quỹ, thủ kho.")
        ),
        "danh-muc-cu.txt": tcvn3(
            "\r\n".join(
                (
                    MARK,
                    "Danh mục văn bản hết hiệu lực",
                    "1. Quyết định về quy chế văn thư lưu trữ cơ quan",
                    "2. Quy định giờ làm việc mùa hè",
                )
            )
        ),
        "gia-vat-lieu-6-2023.csv": (
            f'"{MARK}"\nTT,Vật liệu,Đơn vị,Giá\n1,Gạch tuynel Gò Sim,viên,1250\n2,Cát đen bãi Lở,m3,182000\n'
        ).encode(),
        "gop-y-bang-gia-dat.html": (
            f"<!DOCTYPE html><html lang=vi><meta charset=utf-8><title>Phiếu góp ý</title><p>{MARK}<h1>Phiếu góp ý</h1>"
            "<p>Đề nghị tách vị trí tiếp giáp đường liên thôn thành một mức giá riêng.</html>"
        ).encode(),
        "thong-bao-dau-gia.png": saved(
            [
                drawn(
                    ("THÔNG BÁO ĐẤU GIÁ", "Trụ sở cũ phường Thử Nghiệm", "Nộp tiền đặt trước tại Trung tâm."), (1240, 560)
                ).quantize(8)
            ],
            format="PNG",
            optimize=True,
        ),
        "giay-niem-yet.jpg": saved(
            [photographed(drawn(("GIẤY NIÊM YẾT", "Tài sản: nhà kho Bãi Dâu", "Giá khởi điểm: 740 triệu đồng"), (900, 640), 34))],
            format="JPEG",
            quality=55,
        ),
        "ket-qua-trung-tuyen.tif": saved(
            [scanned(drawn(page, (1240, 800)), n) for n, page in enumerate(TRUNG_TUYEN)],
            format="TIFF",
            compression="group4",
            dpi=(150, 150),
        ),
        "moi-chao-gia.eml": letter(),
        "ho-so-chao-gia.zip": archive(),
        "hong.pdf": layer[: len(layer) // 3].replace(b"obj", b"obq"),
        "rong.docx": b"",
    }
    return made | by_libreoffice(folder, made)


def by_libreoffice(folder: Path, made: dict[str, bytes]) -> dict[str, bytes]:
    """Those that only LibreOffice writes."""
    rules = word(
        ["Quy chế chi tiêu nội bộ", "Điều 4. Khoán định mức văn phòng phẩm theo số biên chế."],
        [["Phòng", "Mức"], ["Ngân sách", "300.000"]],
    )
    outline = word(
        ["Đề cương phương án tự chủ", "Đơn vị xây dựng khung giá dịch vụ đào tạo theo lộ trình."],
        [["Năm", "Mức"], ["2022", "80%"]],
    )
    stock = workbook(
        {"Tài sản": [["TT", "Tên tài sản", "Số lượng"], [1, "Máy phát điện dự phòng", 2], [2, "Tủ hồ sơ chống cháy", 6]]}
    )
    debt = slides((("Nợ công năm 2016", "Báo cáo tại hội nghị"), ("Cơ cấu nợ", "Trái phiếu chính quyền địa phương: 38%")))
    plan = slides((("Chương trình công tác 2024",), ("Trọng tâm", "Số hóa hồ sơ lưu trữ của các phòng")))
    return {
        "quy-che-chi-tieu.doc": converted(folder, "rules.docx", rules, "doc:MS Word 97"),
        "tu-chu.odt": converted(folder, "outline.docx", outline, "odt"),
        "kiem-ke-2015.xls": converted(folder, "stock.xlsx", stock, "xls:MS Excel 97"),
        "no-cong-2016.ppt": converted(folder, "debt.fodp", debt, "ppt:MS PowerPoint 97"),
        "chuong-trinh-2024.pptx": converted(folder, "plan.fodp", plan, "pptx"),
        "khoa-bang-mat-khau.pdf": converted(folder, "minutes.docx", made["thoai-von.docx"], _LOCKED),
    }


def main() -> None:
    """Write all files, and say how large they are."""
    with tempfile.TemporaryDirectory() as folder:
        made = files(Path(folder))
    HERE.mkdir(exist_ok=True)
    for name, content in made.items():
        (HERE / name).write_bytes(content)
        sys.stdout.write(f"{len(content):8} {name}\n")
    sys.stdout.write(f"{sum(map(len, made.values())):8} in all\n")


if __name__ == "__main__":
    main()
