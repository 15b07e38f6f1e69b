import AuditChain
import AuditChecking
import AuditRecords
import Configuration
import Conversation
import FoundationEssentials
import TenantKeys

/// Checks that the audit log says what it said when it was written.
enum AuditVerifyCommand: Command {
    static let specification = ArgumentSpecification(
        "parley audit verify",
        summary: "Checks the audit log against its chain; says what was changed, and where.",
        options: [
            .option("tenant", "NAME", "of one tenant only (default: of all)"),
            .option(
                "anchors", "FILE",
                "also against what this command printed once, with --json, kept elsewhere"),
            .flag("json", "prints JSON: the anchors of next time"),
        ] + LogOptions.options)

    /// What came out of one tenant's, and what is to be kept of it elsewhere.
    struct Row: Codable, Hashable {
        var tenant: TenantID
        /// Links of the chain.
        var count: Int
        /// The hash of the last.
        var head: String
        /// Entries that are not chained yet.
        var waiting: Int
        /// What is wrong.
        var findings: [String]
        /// When the tenant was removed for good, and its audit log with it.
        var erased: Timestamp?
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let options = LogOptions(specification.command, arguments)
        let environment = ProcessInfo.processInfo.environment
        let data = arguments.value("data").map { DataFolder(path: $0) } ?? .standard(environment)
        let folder = CommandKeys.folder(named: arguments.value("keys"), data)
        var anchors = CheckpointCopies(path: folder.checkpoints).all()
        if let file = arguments.value("anchors") { anchors += try Self.anchors(in: file) }
        let wanted = arguments.value("tenant").map { TenantID($0) }
        return try await options.withRecords { log, _, keys in
            let outcomes = try await AuditCheck(log).outcomes(of: wanted, anchors: anchors)
            let rows = rows(outcomes, erased: keys.erased)
            if let wanted, rows.isEmpty {
                throw ConfigurationError(
                    specification.command, "nothing was ever noted of a tenant \(wanted)")
            }
            if arguments.has("json") {
                Terminal.say(json: try RecordCodec.encode(rows))
            } else {
                Terminal.say(lines(rows))
            }
            return rows.allSatisfy(\.findings.isEmpty) ? 0 : 1
        }
    }

    /// The outcomes as rows; of a tenant that was removed for good nothing has to be there.
    static func rows(
        _ outcomes: [TenantID: AuditVerification.Outcome], erased: [TenantID: Timestamp]
    ) -> [Row] {
        outcomes.sorted { $0.key < $1.key }.map { tenant, outcome in
            let end = outcome.links == 0 ? erased[tenant] : nil
            return Row(
                tenant: tenant, count: outcome.count, head: outcome.head,
                waiting: outcome.waiting,
                findings: end == nil ? outcome.findings.map(\.sentence) : [], erased: end)
        }
    }

    static func lines(_ rows: [Row]) -> [TerminalLine] {
        guard !rows.isEmpty else { return ["nothing was ever noted"] }
        return rows.flatMap { row -> [TerminalLine] in
            if let erased = row.erased {
                return ["\(row.tenant): removed for good at \(erased.rfc3339), with its log"]
            }
            let waiting: TerminalLine =
                row.waiting > 0 ? ", \(row.waiting) entries wait to be chained" : ""
            guard row.findings.isEmpty else {
                let heading: TerminalLine = "\(row.tenant): NOT as it was written\(waiting)"
                return [heading.styled(.problem)] + row.findings.map { "  \($0)" }
            }
            return [
                "\(row.tenant): as it was written; \(row.count) entries, "
                    + "head \(String(row.head.prefix(16)))\(waiting)"
            ]
        }
    }

    private static func anchors(in file: String) throws(ConfigurationError) -> [AuditCheckpoint] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationError(file, "there is no such file, or it cannot be read")
        }
        do {
            return try JSONDecoder().decode([Row].self, from: data)
                .filter { $0.erased == nil }.map {
                    AuditCheckpoint(
                        tenant: $0.tenant, count: $0.count, head: $0.head,
                        at: Timestamp(milliseconds: 0))
                }
        } catch {
            throw ConfigurationError(
                file, "it is not what `parley audit verify --json` prints: \(error)")
        }
    }
}

extension KeysFolder {
    /// Where the copies of the audit chains' checkpoints are kept: outside of the data.
    var checkpoints: String { "\(path)/audit.checkpoints" }
}
