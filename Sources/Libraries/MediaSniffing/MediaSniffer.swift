/// Tells what a file is by its own bytes: what a sender says of it is only a hint.
///
/// The signatures are those of the formats' own specifications, as the WHATWG's "MIME Sniffing"
/// and the magic numbers of IANA's registrations collect them.
package enum MediaSniffer {
    /// What cannot be told.
    package static let unknown = "application/octet-stream"
    /// Bytes from the start that are looked at.
    private static let head = 4_096

    /// The media type of some bytes, without parameters.
    ///
    /// `declared` decides only between formats that share a container: a zip file may be any of
    /// Office's documents, an MP4 file a sound or a film.
    package static func mediaType(of bytes: [UInt8], declared: String? = nil) -> String {
        let start = bytes.prefix(head)
        let hint = declared.map(plain)
        if let type = picture(start) ?? sound(start) ?? container(bytes, hint) { return type }
        guard let text = text(bytes) else { return unknown }
        return markup(text) ?? "text/plain"
    }

    /// A media type without its parameters, in small letters.
    package static func plain(_ mediaType: String) -> String {
        var type = Substring(mediaType.prefix { $0 != ";" })
        while type.last == " " { type.removeLast() }
        return type.lowercased()
    }

    private static func picture(_ start: ArraySlice<UInt8>) -> String? {
        if start.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
            return "image/png"
        }
        if start.starts(with: [0xff, 0xd8, 0xff]) { return "image/jpeg" }
        if start.starts(with: "GIF87a".utf8) || start.starts(with: "GIF89a".utf8) {
            return "image/gif"
        }
        if start.starts(with: "RIFF".utf8) {
            let form = start.dropFirst(8)
            if form.starts(with: "WEBP".utf8) { return "image/webp" }
            if form.starts(with: "WAVE".utf8) { return "audio/wav" }
        }
        return nil
    }

    private static func sound(_ start: ArraySlice<UInt8>) -> String? {
        if start.starts(with: "OggS".utf8) { return "audio/ogg" }
        if start.starts(with: "#!AMR".utf8) { return "audio/amr" }
        if start.starts(with: "ID3".utf8) { return "audio/mpeg" }
        let two = Array(start.prefix(2))
        guard two.count == 2, two[0] == 0xff else { return nil }
        // Twelve bits of synchronisation, then version and layer; layer 0 is AAC's ADTS.
        if two[1] & 0xf6 == 0xf0 { return "audio/aac" }
        let isLayer3 = two[1] & 0xe6 == 0xe2
        return isLayer3 ? "audio/mpeg" : nil
    }

    private static func container(_ bytes: [UInt8], _ hint: String?) -> String? {
        if bytes.starts(with: "%PDF-".utf8) { return "application/pdf" }
        if bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) { return zip(bytes, hint) }
        if bytes.starts(with: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
            let known = [
                "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
            ]
            return hint.flatMap { known.contains($0) ? $0 : nil } ?? "application/x-ole-storage"
        }
        if bytes.dropFirst(4).starts(with: "ftyp".utf8) { return movie(bytes, hint) }
        return nil
    }

    /// Office's documents are zip files whose parts stand in a folder of their own.
    private static func zip(_ bytes: [UInt8], _ hint: String?) -> String {
        let office = "application/vnd.openxmlformats-officedocument."
        let folders = [
            ("word/", office + "wordprocessingml.document"),
            ("xl/", office + "spreadsheetml.sheet"),
            ("ppt/", office + "presentationml.presentation"),
        ]
        let found = folders.filter { folder, _ in names(in: bytes, begin: Array(folder.utf8)) }
        if let type = found.first(where: { $0.1 == hint }) ?? found.first { return type.1 }
        return "application/zip"
    }

    /// Whether a local file header of a zip file has a name that begins so (PKWARE's APPNOTE,
    /// 4.3.7: the name follows 30 bytes of header).
    private static func names(in bytes: [UInt8], begin name: [UInt8]) -> Bool {
        let last = bytes.count - 30 - name.count
        guard last >= 0 else { return false }
        var index = 0
        while index <= last {
            guard let next = bytes[index...last].firstIndex(of: 0x50) else { return false }
            if bytes[next...].starts(with: [0x50, 0x4b, 0x03, 0x04]),
                bytes[(next + 30)...].starts(with: name)
            {
                return true
            }
            index = next + 1
        }
        return false
    }

    /// The brand after `ftyp` (ISO/IEC 14496-12, 4.3).
    private static func movie(_ bytes: [UInt8], _ hint: String?) -> String {
        let brand = String(decoding: bytes.dropFirst(8).prefix(4), as: UTF8.self)
        if brand.hasPrefix("3g") { return "video/3gpp" }
        switch brand {
        case "M4A ", "M4B ": return "audio/mp4"
        case "qt  ": return "video/quicktime"
        case "heic", "heix", "mif1", "heim": return "image/heic"
        case "avif", "avis": return "image/avif"
        default: return hint == "audio/mp4" ? "audio/mp4" : "video/mp4"
        }
    }

    /// The beginning of what is text: UTF-8 without controls but breaks and tabs.
    private static func text(_ bytes: [UInt8]) -> String? {
        let isText = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f || [9, 10, 12, 13].contains($0) }
        guard isText, !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        return String(text.prefix(head))
    }

    /// What a browser would take for a page or a drawing, which may hold scripts.
    private static func markup(_ text: String) -> String? {
        var start = text.drop { $0.isWhitespace || $0 == "\u{feff}" }.lowercased()[...]
        while start.hasPrefix("<!--"), let end = start.firstRange(of: "-->") {
            start = start[end.upperBound...].drop { $0.isWhitespace }
        }
        guard start.hasPrefix("<") else { return nil }
        if start.contains("<svg") { return "image/svg+xml" }
        let signs = [
            "<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<style", "<table",
            "<title", "<div", "<p", "<h1", "<a ", "<b", "<br", "<img",
        ]
        if signs.contains(where: { start.hasPrefix($0) }) { return "text/html" }
        return start.hasPrefix("<?xml") || start.hasPrefix("<!doctype") ? "text/xml" : nil
    }
}
