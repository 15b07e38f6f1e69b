import Conversation

/// The ledger's answer: how many messages fared how, and which need a look.
package struct LedgerReport: Hashable, Sendable, Codable {
    /// A message that needs a look.
    package struct Item: Hashable, Sendable, Codable {
        /// The message's id; empty where the log no longer holds it.
        package var message: String
        /// WhatsApp's own id of it, which holds a phone number: only where it was asked for and can
        /// be opened.
        package var wamid: String?
        /// The tenant.
        package var tenant: String
        /// Its state's name.
        package var state: String
        /// Where it waits.
        package var waiting: String?
        /// When it came in.
        package var accepted: String
        /// When it was last heard of.
        package var heard: String
        /// Its position, `topic-partition@offset`.
        package var position: String
    }

    /// Those that wait at one position.
    package struct Queue: Hashable, Sendable, Codable {
        /// How many.
        package var count: Int
        /// When the one that waits longest came in.
        package var oldest: String
    }

    /// All messages accepted in the range.
    package var messages = 0
    /// Webhooks that brought a message again and were dropped.
    package var repeats = 0
    /// The number of messages by state's name.
    package var states: [String: Int] = [:]
    /// The same by tenant.
    package var tenants: [String: [String: Int]] = [:]
    /// Those that wait, by where.
    package var awaiting: [String: Queue] = [:]
    /// Unaccounted messages, oldest first, then dead letters and those that wait longest.
    package var items: [Item] = []
    /// Whether there are more than are listed.
    package var isCut = false

    /// The number of messages that nobody can account for.
    package var unaccounted: Int { states["unaccounted"] ?? 0 }

    /// An empty report.
    package init() {}

    /// The report as text for a terminal.
    package var text: String {
        var lines = ["\(messages) messages accepted, \(repeats) repeats dropped"]
        for name in MessageFate.names {
            let label = name == "unaccounted" ? "UNACCOUNTED" : name
            lines.append("  \(Columns.pad(label, 16))\(Columns.padLeft(states[name] ?? 0, 10))")
        }
        for (waitsAt, queue) in awaiting.sorted(by: { $0.key < $1.key }) {
            lines.append("awaiting \(waitsAt): \(queue.count), the oldest since \(queue.oldest)")
        }
        if tenants.count > 1 {
            for (tenant, states) in tenants.sorted(by: { $0.key < $1.key }) {
                let parts = MessageFate.names.compactMap { name in
                    states[name].map { "\(name) \($0)" }
                }
                lines.append("tenant \(tenant): \(parts.joined(separator: ", "))")
            }
        }
        for item in items {
            let waiting = item.waiting.map { " at \($0)" } ?? ""
            lines.append(
                "\(item.state)\(waiting): \(item.message)  accepted \(item.accepted), last heard "
                    + "of \(item.heard)  (\(item.tenant), \(item.position))")
        }
        if isCut { lines.append("… and more; narrow the range, or ask for --json") }
        return lines.map(VisibleText.line).joined(separator: "\n")
    }
}
