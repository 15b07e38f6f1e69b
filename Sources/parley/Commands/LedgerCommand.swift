import Configuration
import Conversation
import Operations

/// Accounts for every message; exits with 3 if one is unaccounted for.
enum LedgerCommand: Command {
    static let specification = ArgumentSpecification(
        "parley ledger",
        summary: "Accounts for every message ever accepted; exits with 3 if one cannot be.",
        options: [
            .option("tenant", "ID", "only this tenant's"),
            .option("list", "N", "messages listed at most (default: 100)"),
            .flag("content", "lists WhatsApp's ids, too: personal content"),
            .flag("json", "prints JSON"),
        ] + LogOptions.range + LogOptions.options)

    private static let unaccountedExit: Int32 = 3

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let options = LogOptions(specification.command, arguments)
        let bounds = try options.range()
        let limit =
            try arguments.integer("list", in: 0...100_000) ?? MessageLedger.standardLimit
        return try await options.withRecords { log, envelope, keys in
            let range = MessageLedger.Range(
                from: bounds.from, to: bounds.to,
                tenant: try await options.tenant(in: log, [Topic.messagesInbound.rawValue]))
            let report = try await MessageLedger(log, by: envelope, keys: keys).report(
                range, at: SystemClock.milliseconds(), listing: limit,
                content: arguments.has("content"))
            if arguments.has("json") {
                Terminal.say(json: try RecordCodec.encode(report))
            } else {
                Terminal.say(report: report.text)
            }
            return report.unaccounted > 0 ? unaccountedExit : 0
        }
    }
}
