/// A page of a bucket's list (S3 API, ListObjectsV2), read from the few elements that matter.
///
/// Our keys are letters, digits, hyphens and slashes, so that nothing is escaped in them; what
/// other keys a shared bucket may hold does not begin with our tenants' names.
struct S3Listing: Hashable {
    /// An object of the bucket.
    struct Object: Hashable {
        var key: String
        var bytes: Int64
    }

    /// The objects, in the order of their keys.
    var objects: [Object] = []
    /// What to continue with; `nil` on the last page.
    var next: String?

    /// Nothing.
    init() {}

    /// Reads a page; `nil` if the bytes are none.
    init?(xml bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("<ListBucketResult") else { return nil }
        var rest = text[...]
        while let contents = Self.element("Contents", in: &rest) {
            var part = contents[...]
            let key = Self.element("Key", in: &part)
            part = contents[...]
            guard let key, let size = Self.element("Size", in: &part).flatMap({ Int64($0) }) else {
                return nil
            }
            objects.append(Object(key: String(key), bytes: size))
        }
        rest = text[...]
        if let isTruncated = Self.element("IsTruncated", in: &rest), isTruncated == "true" {
            rest = text[...]
            guard let token = Self.element("NextContinuationToken", in: &rest) else { return nil }
            next = Self.unescaped(token)
        }
    }

    /// The code of an error's answer, such as `NoSuchBucket`.
    static func errorCode(in bytes: [UInt8]) -> String? {
        var text = String(decoding: bytes.prefix(4_096), as: UTF8.self)[...]
        guard let code = element("Code", in: &text), code.utf8.count <= 64,
            code.utf8.allSatisfy({ (0x41...0x5a).contains($0 & 0xdf) })
        else { return nil }
        return String(code)
    }

    /// What stands in the next element of a name; `text` goes on behind it.
    private static func element(_ name: String, in text: inout Substring) -> Substring? {
        guard let start = text.firstRange(of: "<\(name)>"),
            let end = text[start.upperBound...].firstRange(of: "</\(name)>")
        else { return nil }
        let content = text[start.upperBound..<end.lowerBound]
        text = text[end.upperBound...]
        return content
    }

    /// Without the five entities of XML.
    private static func unescaped(_ text: Substring) -> String {
        let entities = [
            "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'", "&#39;": "'", "&#34;": "\"",
        ]
        var text = String(text)
        for (entity, character) in entities { text = text.replacing(entity, with: character) }
        return text.replacing("&amp;", with: "&")
    }
}
