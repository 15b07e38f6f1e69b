import Configuration
import Console
import Conversation
import HTTPClient
import PurgeRecords
import TenantKeys
import TenantPurging

/// Removes a business for good.
enum TenantPurgeCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tenant purge", words: "ID",
        summary: "Removes a business for good: all that its customers wrote, and what was made of "
            + "it.",
        options: [
            .option(
                "reason", "WORD",
                "why, for the receipt: request, contractEnded, trial or other (default: request)"),
            .flag("yes", "does it without asking"),
            .flag("no-wait", "does not wait until it is done"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.options)

    /// How often the purge is looked at.
    private static let look = Duration.milliseconds(500)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count == 1 else {
            throw ConfigurationError("parley tenant purge", "name one tenant")
        }
        let id = arguments.words[0]
        let word = arguments.value("reason") ?? PurgeFacts.Reason.request.rawValue
        guard let reason = PurgeFacts.Reason(rawValue: word), reason != .restored else {
            throw ConfigurationError(
                "--reason", "'\(word)' is none of request, contractEnded, trial, other")
        }
        let console = try ConsoleClient(arguments)
        guard
            try Consent.isGiven(
                arguments, specification.command,
                "This removes for good all that customers wrote to \(id), with its documents, "
                    + "contacts and notes. No copy of the data brings it back.", typing: id)
        else {
            Terminal.complain("nothing was done")
            return 1
        }
        var receipt = try await console.call(
            .post, ConsoleClient.path("tenants", id, "purges"),
            body: try RecordCodec.encode(PurgeRequest(reason: reason)), as: PurgeReceipt.self)
        if !arguments.has("no-wait") {
            receipt = try await follow(receipt, console, isQuiet: arguments.has("json"))
        }
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(receipt))
        } else {
            Terminal.say(PurgeText.lines(receipt))
        }
        return 0
    }

    /// Waits until it is done, and tells how far it is.
    private static func follow(
        _ begun: PurgeReceipt, _ console: ConsoleClient, isQuiet: Bool
    ) async throws -> PurgeReceipt {
        var receipt = begun
        var told: TerminalLine?
        while !receipt.isComplete {
            let line = PurgeText.progress(receipt)
            if !isQuiet, line != told {
                Terminal.complain(line)
                told = line
            }
            try await Task.sleep(for: look)
            receipt = try await console.call(
                .get, ConsoleClient.path("purges", receipt.id.rawValue), as: PurgeReceipt.self)
        }
        return receipt
    }
}

/// Lists the businesses that were removed for good, or shows one receipt.
enum TenantPurgesCommand: Command {
    static let specification = ArgumentSpecification(
        "parley tenant purges", words: "[PURGE]",
        summary: "Lists the businesses that were removed for good, or shows one receipt.",
        options: ConsoleClient.listOptions)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.words.count < 2 else {
            throw ConfigurationError("parley tenant purges", "name one purge, or none")
        }
        let console = try ConsoleClient(arguments)
        if let name = arguments.words.first {
            let receipt = try await console.call(
                .get, ConsoleClient.path("purges", name), as: PurgeReceipt.self)
            if arguments.has("json") {
                Terminal.say(json: try RecordCodec.encode(receipt))
            } else {
                Terminal.say(PurgeText.lines(receipt))
            }
            return 0
        }
        let (purges, _) = try await console.rows(
            ConsoleClient.path("purges"), of: PurgeList.self,
            atMost: try ConsoleClient.limit(arguments)
        ) { ($0.purges, $0.next) }
        if arguments.has("json") {
            Terminal.say(json: try RecordCodec.encode(purges))
        } else {
            Terminal.say(PurgeText.table(purges))
        }
        return 0
    }
}

/// Purges for people.
enum PurgeText {
    /// How far one is.
    static func progress(_ receipt: PurgeReceipt) -> TerminalLine {
        let done = receipt.steps.last.map { "\($0.step.rawValue)" } ?? "asked for"
        let next = receipt.next?.rawValue ?? ""
        let why = receipt.waitingFor.map { ": \($0)" } ?? ""
        return "\(receipt.tenant): \(done); next: \(next)\(why)"
    }

    /// A list of them.
    static func table(_ purges: [PurgeReceipt]) -> [TerminalLine] {
        guard !purges.isEmpty else { return ["no business was removed for good"] }
        let rows = purges.map { purge in
            [
                purge.id.rawValue, purge.tenant.rawValue,
                purge.steps.first?.at.rfc3339 ?? "",
                purge.isComplete ? "done" : "next: \(purge.next?.rawValue ?? "")",
            ]
        }
        return TextTable.lines(rows, under: ["PURGE", "TENANT", "ASKED FOR", "STATE"])
    }

    /// One receipt.
    static func lines(_ receipt: PurgeReceipt) -> [TerminalLine] {
        var rows: [[String]] = [
            ["purge", receipt.id.rawValue], ["tenant", receipt.tenant.rawValue],
            ["asked for by", "\(receipt.by ?? "?") (\(receipt.reason?.rawValue ?? "?"))"],
        ]
        for step in receipt.steps { rows.append([step.step.rawValue, step.at.rfc3339]) }
        if !receipt.isComplete {
            rows.append(["next", receipt.next?.rawValue ?? ""])
            if let why = receipt.waitingFor { rows.append(["waits", why]) }
        }
        for count in receipt.counts { rows.append([count.of, "\(count.count)"]) }
        rows.append(["keys destroyed", receipt.keys.map(\.rawValue).joined(separator: ", ")])
        if let entry = receipt.ledgerEntry { rows.append(["ledger entry", "\(entry)"]) }
        if let epoch = receipt.epoch { rows.append(["epoch since", "\(epoch)"]) }
        for check in receipt.checks {
            rows.append([check.isTrue ? "checked" : "NOT SO", check.name])
        }
        for count in receipt.unsealed {
            rows.append(["never sealed", "\(count.of): \(count.count) records"])
        }
        if let until = receipt.unsealedUntil { rows.append(["they expire", until.rfc3339]) }
        for party in receipt.outside { rows.append(["elsewhere", "\(party.name): \(party.note)"]) }
        if let final = receipt.finalAt { rows.append(["final", final.rfc3339]) }
        return TextTable.lines(rows)
    }
}
