/// What a page's author keeps from being seen: by attributes, and by simple rules of its style
/// sheets, which is how text is hidden that only machines shall read.
struct HiddenRules {
    private var selectors: Set<String> = []

    /// Style sheets beyond this are not searched: what hides text stands in short ones.
    private static let mostBytes = 512 << 10

    /// Reads the style sheets within a page.
    init(_ page: String) {
        var rest = page[...]
        var read = 0
        while let open = rest.firstRange(of: "<style"),
            let start = rest[open.upperBound...].firstIndex(of: ">")
        {
            let after = rest[rest.index(after: start)...]
            let end = after.firstRange(of: "</style")
            let sheet = after[..<(end?.lowerBound ?? after.endIndex)]
            read += sheet.utf8.count
            if read > Self.mostBytes { return }
            take(sheet)
            rest = end.map { after[$0.upperBound...] } ?? ""
        }
    }

    /// Gathers the selectors of rules that hide; rules for other media and of other conditions are
    /// none that always hold.
    private mutating func take(_ sheet: Substring) {
        var rest = Self.withoutComments(sheet)[...]
        while let open = rest.firstIndex(of: "{") {
            let selector = rest[..<open].trimmed
            var depth = 1
            var end = rest.index(after: open)
            let start = end
            while end < rest.endIndex, depth > 0 {
                if rest[end] == "{" { depth += 1 }
                if rest[end] == "}" { depth -= 1 }
                end = rest.index(after: end)
            }
            let body = rest[start..<(depth == 0 ? rest.index(before: end) : end)]
            rest = rest[end...]
            guard !selector.hasPrefix("@"), Self.hides(String(body)) else { continue }
            for part in selector.split(separator: ",") {
                let name = part.trimmed.lowercased()
                // Only what names one element by itself: what depends on others may not hold.
                if !name.contains(where: { " >+~:[*".contains($0) }) { selectors.insert(name) }
            }
        }
    }

    private static func withoutComments(_ sheet: Substring) -> String {
        var result = ""
        var rest = sheet
        while let open = rest.firstRange(of: "/*") {
            result += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstRange(of: "*/") else { return result }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    /// Whether an element is hidden.
    func hide(_ name: String, _ attributes: [String: String]) -> Bool {
        if let hidden = attributes["hidden"], hidden.lowercased() != "until-found" { return true }
        if let style = attributes["style"], Self.hides(style) { return true }
        guard !selectors.isEmpty else { return false }
        if selectors.contains(name) { return true }
        if let id = attributes["id"]?.lowercased(), isNamed("#" + id, name) { return true }
        return attributes["class"].map { classes in
            classes.lowercased().split(whereSeparator: \.isWhitespace).contains {
                isNamed("." + $0, name)
            }
        } ?? false
    }

    private func isNamed(_ mark: String, _ element: String) -> Bool {
        selectors.contains(mark) || selectors.contains(element + mark)
    }

    /// Whether declarations take what they stand for out of sight.
    private static func hides(_ style: String) -> Bool {
        for declaration in style.lowercased().split(separator: ";") {
            let parts = declaration.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].replacing("!important", with: "").trimmed
            switch parts[0].trimmed {
            case "display": if value == "none" { return true }
            case "visibility": if ["hidden", "collapse"].contains(value) { return true }
            case "font-size", "opacity", "max-height", "max-width":
                if let number = number(value), number == 0 { return true }
            case "left", "top", "text-indent", "margin-left":
                // Pushed out of every screen.
                if let number = number(value), number <= -900 { return true }
            case "clip": if value.filter({ !$0.isWhitespace }).hasPrefix("rect(0") { return true }
            default: break
            }
        }
        return false
    }

    private static func number(_ value: String) -> Double? {
        Double(value.prefix { $0.isNumber || $0 == "." || $0 == "-" })
    }
}
