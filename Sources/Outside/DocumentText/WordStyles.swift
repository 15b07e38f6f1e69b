/// What a document's styles say of the paragraphs and runs that have them.
struct WordStyles {
    private struct Style {
        var base: String?
        var name = ""
        var level: Int?
        var isHidden: Bool?
    }

    private var styles: [String: Style] = [:]
    /// Styles are based on each other some few times over; a ring of them ends here.
    private static let mostBases = 12

    /// Reads `styles.xml`; without it a style's id alone tells.
    init(_ part: [UInt8]?) throws(DocumentTextError) {
        guard let part else { return }
        var scanner = XMLScanner(part)
        var id: String?
        while let event = try scanner.next() {
            switch event {
            case .open(let tag) where tag.name == "style":
                id = tag["styleId"]
                if let id { styles[id] = Style() }
            case .close("style"): id = nil
            case .open(let tag):
                guard let id else { continue }
                switch tag.name {
                case "name": styles[id]?.name = tag["val"] ?? ""
                case "basedOn": styles[id]?.base = tag["val"]
                case "outlineLvl": styles[id]?.level = tag.number("val").map { $0 + 1 }
                case "vanish": styles[id]?.isHidden = tag.isOn()
                default: break
                }
            default: break
            }
        }
    }

    /// The level of a heading; `nil` for another paragraph.
    func headingLevel(_ id: String) -> Int? {
        if let level = first(
            id,
            { style in
                Self.namedLevel(style.name.isEmpty ? "" : style.name) ?? style.level
            })
        {
            return (1...6).contains(level) ? level : nil
        }
        return Self.namedLevel(id)
    }

    /// Whether text in a style is hidden.
    func isHidden(_ id: String) -> Bool { first(id, \.isHidden) ?? false }

    /// Whether a style is one of a table of contents, whose lines stand elsewhere as headings.
    func isContents(_ id: String) -> Bool {
        let name = (styles[id]?.name ?? id).lowercased().filter { !$0.isWhitespace }
        return name.hasPrefix("toc") && name.dropFirst(3).allSatisfy(\.isNumber) && name.count > 3
    }

    private func first<Value>(_ id: String, _ value: (Style) -> Value?) -> Value? {
        var next: String? = id
        for _ in 0..<Self.mostBases {
            guard let id = next, let style = styles[id] else { return nil }
            if let value = value(style) { return value }
            next = style.base
        }
        return nil
    }

    /// The level of a heading style: `Heading1`, or what Word calls it in other languages
    /// (`berschrift1`, `Ttulo1`, `Titre1`: accents are dropped from style ids).
    private static func namedLevel(_ style: String) -> Int? {
        let name = style.lowercased().filter { $0.isLetter || $0.isNumber }
        if name == "title" { return 1 }
        guard let level = name.last?.wholeNumberValue, (1...6).contains(level) else { return nil }
        let stems = [
            "heading", "berschrift", "überschrift", "ttulo", "título", "titulo", "titre", "titolo",
            "kop", "rubrik", "overskrift", "otsikko", "nagwek", "nagłówek", "nadpis", "balk",
            "başlık", "заголовок", "cmsor", "címsor", "cabealho",
        ]
        return stems.contains(String(name.dropLast())) ? level : nil
    }
}
