from reportlab.pdfgen import canvas
from reportlab.lib.pdfencrypt import StandardEncryption
import openpyxl, docx, zipfile, sys
out = sys.argv[1]
def pdf(name, pages, **k):
    c = canvas.Canvas(f"{out}/{name}", **k)
    for lines in pages:
        y = 780
        for l in lines:
            c.drawString(72, y, l); y -= 14
        c.showPage()
    c.save()
pages = [["Cancellation policy", "", "A booking may be cancelled free of charge up to 24 hours", "before it begins. After that, half of the price is due."],
         ["Deposits", "", "We hold a deposit of 50 euros for each bicycle and give it", "back on return."]]
pdf("two-pages.pdf", pages, invariant=1)
pdf("encrypted.pdf", pages, encrypt=StandardEncryption("user", ownerPassword="owner", strength=128))
c = canvas.Canvas(f"{out}/scanned.pdf", invariant=1); c.rect(100,100,300,300, fill=1); c.showPage(); c.save()
b = open(f"{out}/two-pages.pdf","rb").read()
open(f"{out}/truncated.pdf","wb").write(b[:len(b)//3])
wb = openpyxl.Workbook()
ws = wb.active; ws.title = "Rental"
ws.append(["Rental prices 2026"]); ws.append([])
ws.append(["Bicycle", "Half day", "Day"])
ws.append(["City bike", 12.5, 18]); ws.append(["E-bike", 25, 38])
ws.append(["Children"]); ws.append(["Child bike, 20 inch", 8, 12])
w2 = wb.create_sheet("Hours & days")
w2.append(["Day", "Opens", "Closes"]); w2.append(["Saturday", "09:00", "14:00"])
w3 = wb.create_sheet("Internal"); w3.append(["Margin", "Secret"]); w3.append(["City bike", 7]); w3.sheet_state="hidden"
wb.save(f"{out}/two-sheets.xlsx")
d = docx.Document()
d.add_heading("Warranty", 1); d.add_paragraph("Repairs carry a warranty of six months.")
d.add_heading("What is not covered", 2); d.add_paragraph("Wear of brake pads, tyres & chains — and crashes.")
d.add_heading("Booking", 1); d.add_paragraph("Book by WhatsApp, by phone or in the shop.")
d.save(f"{out}/headings.docx")
# A zip bomb: 40 MB of XML packed into about 40 kB.
z = zipfile.ZipFile(f"{out}/bomb.docx", "w", zipfile.ZIP_DEFLATED, compresslevel=9)
z.writestr("[Content_Types].xml", "<Types/>")
z.writestr("word/document.xml", b"<w:t>" + b"A" * 40_000_000 + b"</w:t>")
z.close()
# The same bomb with a directory that lies about its size.
b = bytearray(open(f"{out}/bomb.docx", "rb").read()); at = b.rfind(b"PK\x01\x02")
b[at + 24:at + 28] = (60_000).to_bytes(4, "little")
open(f"{out}/lying-bomb.docx", "wb").write(b)
# A DOCX by hand: header (twice), footer, notes, a text box as Word writes it twice, hidden words.
ns = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
      'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"')
xml = lambda root, body: f'<?xml version="1.0" encoding="UTF-8"?>\n<w:{root} {ns}>{body}</w:{root}>'
p = lambda *runs: "<w:p>" + "".join(runs) + "</w:p>"
r = lambda text, properties="": f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"
box = f"<w:txbxContent>{p(r('Bring a helmet.'))}</w:txbxContent>"
both = f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
body = (p(r("Tours start "), both, r("at ten."))
        + p(r("Price: 20 euros."), r(" Margin: 7 euros.", "<w:vanish/>"), r(" Tips welcome.", '<w:vanish w:val="0"/>'))
        + p("<w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>", r("Dogs are welcome.")))
z = zipfile.ZipFile(f"{out}/layers.docx", "w", zipfile.ZIP_DEFLATED)
z.writestr("[Content_Types].xml", "<Types/>")
z.writestr("word/footer1.xml", xml("ftr", p(r("Call 555 0100."))))
z.writestr("word/header1.xml", xml("hdr", p(r("Sol Bicycles"))))
z.writestr("word/header2.xml", xml("hdr", p(r("Sol Bicycles"))))
z.writestr("word/headers.xml", xml("hdr", p(r("no part of a document"))))
z.writestr("word/footnotes.xml", xml("footnotes", "<w:footnote>" + p(r("Except on Sundays.")) + "</w:footnote>"))
z.writestr("word/document.xml", xml("document", f"<w:body>{body}</w:body>"))
z.close()
wb = openpyxl.Workbook()
ws = wb.active; ws.title = "Tours"
from datetime import date, datetime, time
ws.append(["Tour", "Date", "Start", "Cancel by", "Price", "On request"])
ws.append(["Coast", date(2026, 9, 10), time(9, 30), datetime(2026, 9, 9, 18, 0), "#DIV/0!"])
ws["B2"].number_format = "mm-dd-yy"; ws["C2"].number_format = "h:mm AM/PM"; ws["D2"].number_format = "m/d/yy h:mm"
ws["E2"].data_type = "e"
wb.save(f"{out}/dates.xlsx")
