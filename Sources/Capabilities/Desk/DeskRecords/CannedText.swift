/// A canned reply's text: words, and variables in braces such as `{customer.name}`.
///
/// A brace that begins no variable is a brace: the text is a person's, not a program's.
package struct CannedText: Hashable, Sendable {
    /// What a variable stands for; there are no others.
    package enum Variable: String, Hashable, Sendable, CaseIterable {
        /// What the customer is called, on WhatsApp or by the business.
        case customerName = "customer.name"
        /// The customer's number.
        case customerPhone = "customer.phone"
        /// What the agent is called.
        case agentName = "agent.name"
        /// What the business is called.
        case businessName = "business.name"
    }

    /// A part of a text.
    package enum Part: Hashable, Sendable {
        /// Words as they are.
        case words(String)
        /// What stands between braces and looks like a variable, known or not.
        case variable(String)
    }

    /// The parts, in order.
    package let parts: [Part]

    /// Takes a text apart.
    package init(_ text: String) {
        var parts: [Part] = []
        var words = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            words += rest[..<open]
            let inner = rest[rest.index(after: open)...]
            let name = inner.prefix { $0 != "}" }
            guard name.endIndex < inner.endIndex, Self.isName(name) else {
                words.append("{")
                rest = inner
                continue
            }
            if !words.isEmpty { parts.append(.words(words)) }
            words = ""
            parts.append(.variable(String(name)))
            rest = inner[inner.index(after: name.endIndex)...]
        }
        words += rest
        if !words.isEmpty { parts.append(.words(words)) }
        self.parts = parts
    }

    /// Two words of small letters with a dot between them.
    private static func isName(_ name: Substring) -> Bool {
        let words = name.split(separator: ".", omittingEmptySubsequences: false)
        return words.count == 2
            && words.allSatisfy { word in
                !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "_") }
            }
    }

    /// The names between braces that are no variables: a text with such is not kept.
    package var unknown: [String] {
        parts.compactMap { part in
            guard case .variable(let name) = part, Variable(rawValue: name) == nil else {
                return nil
            }
            return name
        }
    }

    /// The text with what its variables stand for, and the variables for which nothing is known: as
    /// long as there is one, it is not to be sent.
    package func filled(_ values: [Variable: String]) -> (text: String, missing: [String]) {
        var text = ""
        var missing: [String] = []
        for part in parts {
            switch part {
            case .words(let words): text += words
            case .variable(let name):
                let value = Variable(rawValue: name).flatMap { values[$0] } ?? ""
                if value.isEmpty {
                    text += "{\(name)}"
                    if !missing.contains(name) { missing.append(name) }
                } else {
                    text += value
                }
            }
        }
        return (text, missing)
    }
}
