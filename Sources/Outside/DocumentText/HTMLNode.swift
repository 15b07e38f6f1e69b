/// A page's elements and texts, as a tree that leaves out what no reader sees.
struct HTMLNode {
    var name: String
    var text = ""
    var children: [HTMLNode] = []
    var columns = 1
    var rows = 1
    var isNavigation = false

    /// The number of letters and figures below.
    var length: Int {
        text.utf8.count { $0 > 0x20 } + children.reduce(0) { $0 + $1.length }
    }

    /// The first elements for which something holds, from the outside in.
    func all(where holds: (HTMLNode) -> Bool) -> [HTMLNode] {
        holds(self) ? [self] : children.flatMap { $0.all(where: holds) }
    }
}

/// Makes the tree of a page (WHATWG HTML, 13.2), as far as it bears on what is read: each element
/// ends at the latest where the one around it does.
struct HTMLParser {
    private let bytes: [UInt8]
    private var position = 0
    private var stack: [HTMLNode] = [HTMLNode(name: "")]
    private let rules: HiddenRules
    /// Depth within an element that is not shown.
    private var hidden = 0
    private var hiddenNames: [String] = []

    /// People nest some dozens of elements; deeper ones count as part of the one around them.
    private static let mostDepth = 200

    /// Elements without content.
    private static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    ]
    /// Elements whose content is no text of the page.
    private static let unseen: Set<String> = [
        "head", "script", "style", "template", "noscript", "svg", "math", "iframe", "object",
        "canvas", "audio", "video", "select", "datalist", "button", "textarea", "title", "rp", "rt",
        "noembed", "noframes", "map", "progress", "meter",
    ]
    /// Elements whose content has no tags.
    private static let raw: Set<String> = ["script", "style", "textarea", "title", "noscript"]

    /// Elements that a start tag ends, where they are open within the nearest of the others.
    private static let ends: [String: (ended: Set<String>, within: Set<String>)] = [
        "li": (["li", "p"], ["ul", "ol", "menu"]), "dt": (["dt", "dd", "p"], ["dl"]),
        "dd": (["dt", "dd", "p"], ["dl"]), "tr": (["tr", "td", "th", "p"], ["table"]),
        "td": (["td", "th", "p"], ["tr", "table"]), "th": (["td", "th", "p"], ["tr", "table"]),
        "thead": (["tr", "td", "th", "caption"], ["table"]),
        "tbody": (["thead", "tbody", "tr", "td", "th", "caption"], ["table"]),
        "tfoot": (["thead", "tbody", "tr", "td", "th", "caption"], ["table"]),
    ]
    private static let endsParagraph: Set<String> = [
        "p", "div", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section",
        "article", "main", "nav", "aside", "header", "footer", "form", "fieldset", "blockquote",
        "pre", "hr", "address", "details", "figure",
    ]

    /// The tree of a page.
    static func tree(_ page: String) -> HTMLNode {
        var parser = HTMLParser(page)
        parser.read()
        while parser.stack.count > 1 { parser.pop() }
        return parser.stack[0]
    }

    private init(_ page: String) {
        bytes = Array(page.utf8)
        rules = HiddenRules(page)
    }

    private mutating func read() {
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
                add(bytes[position..<end])
                position = end
                continue
            }
            if starts("<!--") { skip(past: "-->") } else { tag() }
        }
    }

    private mutating func add(_ text: ArraySlice<UInt8>) {
        guard hidden == 0 else { return }
        let words = HTMLEntities.decoded(String(decoding: text, as: UTF8.self))
        stack[stack.count - 1].children.append(HTMLNode(name: "#", text: words))
    }

    private mutating func tag() {
        let start = position + 1
        guard start < bytes.count else {
            position = bytes.count
            return
        }
        let first = bytes[start]
        if first == UInt8(ascii: "!") || first == UInt8(ascii: "?") { return skip(past: ">") }
        let isEnd = first == UInt8(ascii: "/")
        let letters = bytes[(isEnd ? start + 1 : start)...].prefix {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard let letter = letters.first, (0x61...0x7A).contains(letter | 0x20) else {
            // A lone `<` is a character.
            add(bytes[position..<start])
            position = start
            return
        }
        let name = String(decoding: letters, as: UTF8.self).lowercased()
        position = letters.endIndex
        let (attributes, isClosed) = attributes()
        if isEnd { end(name) } else { begin(name, attributes, isClosed) }
    }

    private mutating func begin(
        _ name: String, _ attributes: [String: String], _ isClosed: Bool
    ) {
        if Self.raw.contains(name), !isClosed {
            skip(past: "</" + name)
            return skip(past: ">")
        }
        if Self.void.contains(name) {
            guard hidden == 0 else { return }
            return stack[stack.count - 1].children.append(HTMLNode(name: name))
        }
        // What stands in the head of a page ends with it, also where its end tag is missing.
        if name == "body", hiddenNames.first == "head" { (hidden, hiddenNames) = (0, []) }
        if hidden > 0 || Self.unseen.contains(name) || rules.hide(name, attributes) {
            let foreign = ["svg", "math"].contains(hiddenNames.first ?? name)
            if !(isClosed && foreign) {
                hidden += 1
                hiddenNames.append(name)
            }
            return
        }
        close(before: name)
        guard stack.count < Self.mostDepth else { return }
        var node = HTMLNode(name: name)
        node.columns = Self.span(attributes["colspan"])
        node.rows = attributes["rowspan"] == "0" ? 0 : Self.span(attributes["rowspan"])
        node.isNavigation = Self.isNavigation(name, attributes)
        stack.append(node)
    }

    private static func span(_ text: String?) -> Int {
        max(1, min(text.flatMap { Int($0) } ?? 1, 1_000))
    }

    private static func isNavigation(_ name: String, _ attributes: [String: String]) -> Bool {
        if ["nav", "footer", "aside", "dialog", "menu"].contains(name) { return true }
        let role = attributes["role"]?.lowercased() ?? ""
        return [
            "navigation", "banner", "contentinfo", "complementary", "search", "dialog",
            "alertdialog", "menu", "menubar", "toolbar",
        ].contains(role)
    }

    /// Ends what a start tag ends.
    private mutating func close(before name: String) {
        if let rule = Self.ends[name] {
            while let open = stack.lastIndex(where: {
                rule.ended.contains($0.name) || rule.within.contains($0.name)
            }), rule.ended.contains(stack[open].name) {
                while stack.count > open { pop() }
            }
        } else if Self.endsParagraph.contains(name), let last = stack.last, last.name == "p" {
            pop()
        }
    }

    private mutating func end(_ name: String) {
        if hidden > 0 {
            guard let open = hiddenNames.lastIndex(of: name) else {
                // An element around the hidden one ends, and that with it.
                if stack.contains(where: { $0.name == name }) {
                    (hidden, hiddenNames) = (0, [])
                    end(name)
                }
                return
            }
            hiddenNames.removeLast(hiddenNames.count - open)
            hidden = hiddenNames.count
            return
        }
        guard let open = stack.lastIndex(where: { $0.name == name }), open > 0 else { return }
        while stack.count > open { pop() }
    }

    private mutating func pop() {
        guard stack.count > 1 else { return }
        let node = stack.removeLast()
        stack[stack.count - 1].children.append(node)
    }

    private mutating func attributes() -> ([String: String], isClosed: Bool) {
        var attributes: [String: String] = [:]
        var isClosed = false
        while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
            let byte = bytes[position]
            if XMLText.isSpace(byte) || byte == 0x0C || byte == UInt8(ascii: "/") {
                isClosed = byte == UInt8(ascii: "/")
                position += 1
                continue
            }
            isClosed = false
            let name = take { !XMLText.isSpace($0) && $0 != 0x3D && $0 != 0x3E && $0 != 0x2F }
            if name.isEmpty {
                position += 1
                continue
            }
            while position < bytes.count, XMLText.isSpace(bytes[position]) { position += 1 }
            var value = ""
            if position < bytes.count, bytes[position] == UInt8(ascii: "=") {
                position += 1
                while position < bytes.count, XMLText.isSpace(bytes[position]) { position += 1 }
                if position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 {
                    let quote = bytes[position]
                    position += 1
                    value = take { $0 != quote }
                    position = min(position + 1, bytes.count)
                } else {
                    value = take { !XMLText.isSpace($0) && $0 != 0x3E }
                }
            }
            attributes[name.lowercased(), default: ""] = HTMLEntities.decoded(value)
        }
        position = min(position + 1, bytes.count)
        return (attributes, isClosed)
    }

    private mutating func take(while holds: (UInt8) -> Bool) -> String {
        let part = bytes[position...].prefix(while: holds)
        position = part.endIndex
        return String(decoding: part, as: UTF8.self)
    }

    private func starts(_ mark: String) -> Bool { bytes[position...].starts(with: mark.utf8) }

    /// Goes on after a mark, in any case of letters; at the end where there is none.
    private mutating func skip(past mark: String) {
        let mark = Array(mark.utf8)
        var index = position
        while index + mark.count <= bytes.count {
            if bytes[index] == mark[0],
                zip(bytes[index...], mark).allSatisfy({ $0 == $1 || $0 | 0x20 == $1 && $1 >= 0x61 })
            {
                position = index + mark.count
                return
            }
            index += 1
        }
        position = bytes.count
    }
}
