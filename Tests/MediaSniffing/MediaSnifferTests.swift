import MediaSniffing
import Testing

@Suite("What a file is")
struct MediaSnifferTests {
    /// A zip file's local header with a name (PKWARE's APPNOTE, 4.3.7).
    private static func zip(_ names: String...) -> [UInt8] {
        names.flatMap { name in
            [0x50, 0x4b, 3, 4] + [UInt8](repeating: 0, count: 22)
                + [UInt8(name.utf8.count), 0, 0, 0] + Array(name.utf8)
        }
    }

    private static func movie(_ brand: String) -> [UInt8] {
        [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0]
    }

    private static let office = "application/vnd.openxmlformats-officedocument."

    static let files: [(String, [UInt8], String?)] = [
        ("image/png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1], "text/html"),
        ("image/jpeg", [0xff, 0xd8, 0xff, 0xe0], nil),
        ("image/gif", Array("GIF89a..".utf8), "image/png"),
        ("image/webp", Array("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ".utf8), nil),
        ("audio/wav", Array("RIFF\u{1}\u{1}\u{1}\u{1}WAVEfmt ".utf8), nil),
        ("audio/ogg", Array("OggS\u{0}".utf8), "audio/ogg; codecs=opus"),
        ("audio/amr", Array("#!AMR\n".utf8), nil),
        ("audio/mpeg", Array("ID3\u{3}".utf8), nil), ("audio/mpeg", [0xff, 0xfb, 0x90, 0], nil),
        ("audio/aac", [0xff, 0xf1, 0x50, 0x80], nil),
        ("audio/mp4", movie("M4A "), nil), ("audio/mp4", movie("isom"), "audio/mp4"),
        ("video/mp4", movie("isom"), "video/mp4"), ("video/mp4", movie("mp42"), nil),
        ("video/3gpp", movie("3gp4"), nil), ("image/heic", movie("heic"), nil),
        ("application/pdf", Array("%PDF-1.7".utf8), "image/png"),
        (office + "wordprocessingml.document", zip("[Content_Types].xml", "word/x.xml"), nil),
        (office + "spreadsheetml.sheet", zip("xl/workbook.xml"), nil),
        ("application/zip", zip("holidays.txt"), office + "spreadsheetml.sheet"),
        (
            "application/msword", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
            "application/msword"
        ),
        (
            "application/x-ole-storage", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
            "image/png"
        ),
        ("text/html", Array("\u{feff} <!-- x --> <HTML><p>hi".utf8), "image/png"),
        ("text/html", Array("<script>alert(1)</script>".utf8), "text/plain"),
        ("image/svg+xml", Array("<?xml version='1.0'?><svg onload='x'/>".utf8), "image/png"),
        ("text/xml", Array("<?xml version='1.0'?><a/>".utf8), nil),
        ("text/plain", Array("Hola, ¿qué tal?\n".utf8), "image/jpeg"),
        ("application/octet-stream", [0, 1, 2, 3], "image/jpeg"),
        ("application/octet-stream", [], "image/jpeg"),
        ("application/octet-stream", [0x41, 0xff, 0xfe, 0x42], "text/plain"),
    ]

    @Test("is told by its bytes, whatever is said of it", arguments: files.indices)
    func sniffing(_ index: Int) {
        let (type, bytes, declared) = Self.files[index]
        #expect(MediaSniffer.mediaType(of: bytes, declared: declared) == type)
    }

    @Test("is told of every beginning of a file without harm")
    func beginnings() {
        for (_, bytes, declared) in Self.files {
            for count in bytes.indices {
                let type = MediaSniffer.mediaType(of: Array(bytes[..<count]), declared: declared)
                #expect(type.contains("/"))
            }
        }
    }
}
