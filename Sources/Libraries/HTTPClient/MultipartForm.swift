/// A body of `multipart/form-data` (RFC 7578): fields and one file.
package struct MultipartForm: Sendable {
    /// What goes into the `Content-Type` field.
    package let contentType: String
    /// The body.
    package let body: [UInt8]

    /// Puts fields and a file together; the file comes last, as some servers want it.
    ///
    /// The boundary is random and longer than any that could stand in a file by chance.
    package init(
        fields: [(name: String, value: String)], file name: String, filename: String,
        mediaType: String, bytes: [UInt8]
    ) {
        var numbers = SystemRandomNumberGenerator()
        let boundary = "parley-\(numbers.next())-\(numbers.next())"
        var body: [UInt8] = []
        body.reserveCapacity(bytes.count + 1_024)
        func add(_ text: String) { body += Array(text.utf8) }
        for field in fields {
            add("--\(boundary)\r\nContent-Disposition: form-data; ")
            add("name=\"\(Self.plain(field.name))\"\r\n\r\n\(field.value)\r\n")
        }
        add("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.plain(name))\"; ")
        add("filename=\"\(Self.plain(filename))\"\r\n")
        add("Content-Type: \(Self.plain(mediaType))\r\n\r\n")
        body += bytes
        add("\r\n--\(boundary)--\r\n")
        self.body = body
        contentType = "multipart/form-data; boundary=\(boundary)"
    }

    /// A text that cannot end what it stands in (RFC 7578, section 2, after HTML's "escape").
    private static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": plain += "%22"
            case "\r": plain += "%0D"
            case "\n": plain += "%0A"
            default: plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }
}
