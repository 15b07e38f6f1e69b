import Conversation

/// How a passage's words lie in a file before they are sealed: each text with its length before
/// it.
///
/// JSON would take longer to read than the search for it.
enum PassageForm {
    /// The words of a passage, and what else nobody searches by.
    static func bytes(_ passage: Passage) -> [UInt8] {
        var form = Writer()
        form.add(passage.documentName)
        form.add(passage.ordinal)
        form.add(passage.headings)
        form.add(passage.page)
        form.add(passage.sheet.map { [$0] })
        form.add(passage.text)
        form.add(passage.contentHash)
        form.add(passage.model.map { [$0] })
        form.add(passage.asked)
        return form.bytes
    }

    /// The passage of such bytes; `nil` if they are none.
    static func passage(
        _ bytes: [UInt8], id: PassageID, tenant: TenantID, document: DocumentID, version: Int?
    ) -> Passage? {
        var form = Reader(bytes: bytes)
        guard let name = form.text(), let ordinal = form.number(), let headings = form.texts(),
            let page = form.optionalNumber(), let sheet = form.optionalTexts(),
            let text = form.text(), let hash = form.text(), let model = form.optionalTexts(),
            let asked = form.optionalTexts()
        else { return nil }
        return Passage(
            id: id, tenant: tenant, document: document, documentName: name, ordinal: ordinal,
            headings: headings, page: page, sheet: sheet?.first, text: text, contentHash: hash,
            vector: nil, model: model?.first, asked: asked, version: version)
    }

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func add(_ number: Int) {
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
        }

        mutating func add(_ text: String) {
            add(text.utf8.count)
            bytes += text.utf8
        }

        mutating func add(_ texts: [String]) {
            add(texts.count)
            for text in texts { add(text) }
        }

        mutating func add(_ number: Int?) {
            bytes.append(number == nil ? 0 : 1)
            if let number { add(number) }
        }

        mutating func add(_ texts: [String]?) {
            bytes.append(texts == nil ? 0 : 1)
            if let texts { add(texts) }
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        private var place = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, count <= bytes.count - place else { return nil }
            defer { place += count }
            return bytes[place..<(place + count)]
        }

        mutating func number() -> Int? {
            let bits = take(8)?.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return bits.map { Int(truncatingIfNeeded: $0) }
        }

        mutating func text() -> String? {
            number().flatMap { take($0) }.map { String(decoding: $0, as: UTF8.self) }
        }

        mutating func texts() -> [String]? {
            guard let count = number(), count >= 0, count <= bytes.count else { return nil }
            var texts: [String] = []
            for _ in 0..<count {
                guard let text = text() else { return nil }
                texts.append(text)
            }
            return texts
        }

        mutating func optionalNumber() -> Int?? {
            guard let mark = take(1)?.first else { return nil }
            if mark == 0 { return .some(nil) }
            return number().map { .some($0) }
        }

        mutating func optionalTexts() -> [String]?? {
            guard let mark = take(1)?.first else { return nil }
            if mark == 0 { return .some(nil) }
            return texts().map { .some($0) }
        }
    }
}
