/// Makes text of a web page: its headings, paragraphs, lists and tables, without what leads to
/// other pages and without what its readers do not see.
struct HTMLText {
    private var builder = SectionBuilder()
    private var line = ""
    private var isItem = false

    /// The share of a page's text that its main part holds, at least, to stand for the page.
    private static let mainShare = 0.4

    /// The sections of a page.
    static func sections(_ page: String) -> [ExtractedSection] {
        let tree = HTMLParser.tree(page)
        let whole = read([tree], skipsNavigation: true)
        let mains = tree.all { $0.name == "main" || $0.name == "article" }
        let sections = mains.isEmpty ? [] : read(mains, skipsNavigation: true)
        if Double(length(sections)) >= mainShare * Double(length(whole)), !sections.isEmpty {
            return sections
        }
        // A page that is all navigation, such as a list of shops, is read as it is.
        return whole.isEmpty ? read([tree], skipsNavigation: false) : whole
    }

    private static func length(_ sections: [ExtractedSection]) -> Int {
        sections.reduce(0) { $0 + $1.text.utf8.count }
    }

    private static func read(
        _ nodes: [HTMLNode], skipsNavigation: Bool
    ) -> [ExtractedSection] {
        var reader = HTMLText()
        for node in nodes {
            reader.read(node, skipsNavigation ? .outside : .all)
            reader.flush()
        }
        return reader.builder.sections()
    }

    /// Whether navigation is passed over: within an article's own text, an aside is part of it.
    private enum Reach { case outside, article, all }

    private static let blocks: Set<String> = [
        "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "address",
        "blockquote", "figure", "figcaption", "form", "fieldset", "legend", "details", "summary",
        "dt", "dd", "dl", "ul", "ol", "menu", "center", "body", "html", "hr", "option", "label",
        "caption", "dialog", "tr", "td", "th", "tbody", "thead", "hgroup",
    ]

    private mutating func read(_ node: HTMLNode, _ reach: Reach) {
        if node.name == "#" {
            line += node.text
            return
        }
        var reach = reach
        if reach == .outside, ["main", "article"].contains(node.name) { reach = .article }
        if node.isNavigation, reach == .outside || reach == .article && node.name == "nav" {
            return
        }
        switch node.name {
        case "br": line += "\n"
        case "wbr": line += "\u{200B}"
        case "h1", "h2", "h3", "h4", "h5", "h6":
            flush()
            let title = Self.inline(node, reach)
            builder.heading(title, level: node.name.last?.wholeNumberValue ?? 1)
        case "li":
            flush()
            isItem = true
            for child in node.children { read(child, reach) }
            flush()
            isItem = false
        case "table":
            flush()
            table(node, reach)
        case "pre":
            flush()
            builder.paragraph(Self.raw(node))
        case "sup":
            // The numbers of notes would read like our citations.
            let words = Self.inline(node, reach)
            if !Self.isNoteNumber(words) { line += words }
        case "dd":
            flush()
            for child in node.children { read(child, reach) }
            let text = Self.paragraph(line)
            line = ""
            builder.line(text)
        case let name where Self.blocks.contains(name):
            flush()
            for child in node.children { read(child, reach) }
            flush()
        default:
            for child in node.children { read(child, reach) }
        }
    }

    private mutating func flush() {
        let text = Self.paragraph(line)
        line = ""
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return }
        if isItem {
            builder.line("- " + text.replacing("\n", with: " "))
            // More of the item's own paragraphs are no items.
            isItem = false
        } else {
            builder.paragraph(text)
        }
    }

    /// The text of an element as one line.
    private static func inline(_ node: HTMLNode, _ reach: Reach) -> String {
        var text = ""
        gather(node, reach, &text)
        return paragraph(text).withSingleSpaces
    }

    private static func gather(_ node: HTMLNode, _ reach: Reach, _ text: inout String) {
        if node.name == "#" { text += node.text }
        if node.isNavigation, node.name == "nav", reach != .all { return }
        if node.name == "sup" {
            let words = node.children.map { inline($0, reach) }.joined()
            if !isNoteNumber(words) { text += words }
            return
        }
        let isBlock = blocks.contains(node.name) || ["br", "li", "table"].contains(node.name)
        if isBlock { text += " " }
        for child in node.children { gather(child, reach, &text) }
        if isBlock { text += " " }
    }

    private static func raw(_ node: HTMLNode) -> String {
        node.name == "#" ? node.text : node.children.map(raw).joined()
    }

    /// A paragraph's lines with single spaces, and without the numbers of notes.
    private static func paragraph(_ text: String) -> String {
        // White space in the source is none; a line's end is one only where `br` put it.
        text.split(separator: "\n", omittingEmptySubsequences: false).map(\.withSingleSpaces)
            .filter { !$0.isEmpty }.joined(separator: "\n")
            .replacing(/(?<before>\S)(\[[0-9]{1,3}\])+/) { $0.output.before }
    }

    private static func isNoteNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /\s*(\[[0-9a-z*]{1,3}\]\s*)+/) != nil
    }

    // MARK: Tables

    private mutating func table(_ node: HTMLNode, _ reach: Reach) {
        let rows = Self.rows(of: node)
        let cells = rows.map { row in
            row.children.filter { ["td", "th"].contains($0.name) }
        }
        let isLayout =
            cells.allSatisfy { $0.count < 2 }
            || rows.contains { row in
                row.children.contains { cell in
                    cell.children.contains { child in
                        !child.all {
                            ["table", "h1", "h2", "h3", "h4", "ul", "ol"].contains($0.name)
                        }
                        .isEmpty
                    } && cells.count < 4
                }
            }
        guard !isLayout else {
            // A table that only lays out the page: its cells are parts of the page.
            for child in node.children { read(child, reach) }
            return flush()
        }
        if let caption = node.children.first(where: { $0.name == "caption" }) {
            builder.paragraph(Self.inline(caption, reach))
        }
        var grid = TableGrid()
        for row in cells {
            grid.beginRow()
            for cell in row {
                grid.add(Self.inline(cell, reach), columns: cell.columns, height: cell.rows)
            }
        }
        let hasNames = cells.first.map { $0.contains { $0.name == "th" } } ?? false
        let hasNamesBeside = cells.dropFirst().contains { $0.first?.name == "th" }
        builder.table(grid.rows, isGuessed: !hasNames || hasNamesBeside)
    }

    private static func rows(of node: HTMLNode) -> [HTMLNode] {
        node.children.flatMap { child -> [HTMLNode] in
            switch child.name {
            case "tr": [child]
            case "thead", "tbody", "tfoot": rows(of: child)
            default: []
            }
        }
    }
}
