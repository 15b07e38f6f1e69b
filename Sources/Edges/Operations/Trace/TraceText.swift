import Conversation

/// A message's story as indented text.
package enum TraceText {
    /// The trees, one after the other.
    package static func render(_ forest: [TraceNode]) -> String {
        var lines: [String] = []
        for tree in forest { append(tree, prefix: "", branch: "", to: &lines) }
        return lines.joined(separator: "\n")
    }

    private static func append(
        _ node: TraceNode, prefix: String, branch: String, to lines: inout [String]
    ) {
        let isTop = branch.isEmpty
        let own = isTop ? "" : (branch == "└" ? "   " : "│  ")
        let inner = prefix + own
        let title = VisibleText.line(title(node, isTop: isTop))
        lines.append((isTop ? "" : prefix + branch + "─ ") + title)
        let rail = node.children.isEmpty ? "   " : "│  "
        for call in node.calls {
            let model = call.model.map { " (\($0))" } ?? ""
            let time = DurationText.short(.milliseconds(call.milliseconds))
            let words = "call \(call.name) → \(call.answer) in \(time)\(model)"
            lines.append(inner + rail + VisibleText.line(words))
        }
        for (index, child) in node.children.enumerated() {
            let isLast = index == node.children.count - 1
            append(child, prefix: inner, branch: isLast ? "└" : "├", to: &lines)
        }
    }

    private static func title(_ node: TraceNode, isTop: Bool) -> String {
        let time =
            isTop ? node.at.rfc3339 : "+" + DurationText.short(.milliseconds(node.delay))
        return switch node.kind {
        case .record: "\(node.position ?? node.name)  \(time)  \(node.summary)  [\(node.id)]"
        case .decision: "\(node.name)  \(time)  \(node.summary)"
        case .timer: "\(node.name)  \(time)"
        case .deadLetter: "DEAD LETTER \(node.position ?? "")  \(time)  \(node.summary)"
        }
    }
}
