/// What a site asks robots to leave alone (RFC 9309).
package struct RobotRules: Sendable, Equatable {
    private struct Rule: Sendable, Equatable {
        var path: String
        var isAllowed: Bool
    }

    private var rules: [Rule] = []

    /// The name that a site may name us by.
    package static let robot = "parley"
    /// A site's file beyond this is not read (RFC 9309, 2.5).
    private static let mostBytes = 500 << 10

    /// Everything may be read.
    package init() {}

    /// Reads a site's `robots.txt`: its group for us, else that for all.
    package init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.prefix(Self.mostBytes), as: UTF8.self)
        var groups: [(robots: [String], rules: [Rule])] = []
        var isNamed = false
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }
            guard let colon = words.firstIndex(of: ":") else { continue }
            let name = Self.trimmed(words[..<colon]).lowercased()
            let value = Self.trimmed(words[words.index(after: colon)...])
            switch name {
            case "user-agent":
                if !isNamed { groups.append(([], [])) }
                groups[groups.count - 1].robots.append(value.lowercased())
                isNamed = true
            case "allow", "disallow":
                isNamed = false
                guard !groups.isEmpty, !value.isEmpty else { continue }
                groups[groups.count - 1].rules.append(
                    Rule(path: value, isAllowed: name == "allow"))
            default: break
            }
        }
        let own = groups.filter { $0.robots.contains(Self.robot) }
        rules = (own.isEmpty ? groups.filter { $0.robots.contains("*") } : own).flatMap(\.rules)
    }

    /// Whether a path, with its query, may be read: the longest rule that fits decides, and of two
    /// as long the one that allows.
    package func allow(_ path: String) -> Bool {
        let fitting = rules.filter { Self.fits($0.path, path) }
        let best = fitting.max {
            ($0.path.count, $0.isAllowed ? 1 : 0) < ($1.path.count, $1.isAllowed ? 1 : 0)
        }
        return best?.isAllowed ?? true
    }

    /// Whether a rule fits a path: `*` stands for anything, `$` at its end for the path's.
    private static func fits(_ rule: String, _ path: String) -> Bool {
        let isWhole = rule.hasSuffix("$")
        let parts = (isWhole ? String(rule.dropLast()) : rule)
            .split(separator: "*", omittingEmptySubsequences: false)
        guard let first = parts.first, path.hasPrefix(first) else { return false }
        var rest = path.dropFirst(first.count)
        for (index, part) in parts.enumerated().dropFirst() where !part.isEmpty {
            if isWhole, index == parts.count - 1 { return rest.hasSuffix(part) }
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return !isWhole || rest.isEmpty || parts.last?.isEmpty == true && parts.count > 1
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
