import Configuration
import Console
import Conversation
import HTTPClient

/// Encrypts all tenants' secrets with a fresh key, while everything runs.
enum SecretsRotateCommand: Command {
    static let specification = ArgumentSpecification(
        "parley secrets rotate",
        summary: "Encrypts all tenants' secrets with a fresh key; older keys can then be removed.",
        options: [
            .flag("keep-key", "makes no fresh key: the newest that is there is taken"),
            .flag("json", "prints JSON"),
        ] + ConsoleClient.options)

    static func run(_ arguments: Arguments) async throws -> Int32 {
        let console = try ConsoleClient(arguments)
        let body = try RecordCodec.encode(RotationRequest(addsKey: !arguments.has("keep-key")))
        let path = ConsoleClient.path("secrets", "rotate")
        if arguments.has("json") {
            Terminal.say(json: try await console.send(.post, path, body: body))
            return 0
        }
        let report = try await console.call(.post, path, body: body, as: RotationReport.self)
        for line in lines(report, keys: try DataFolder.named(arguments).keyFile) {
            Terminal.say("\(line)")
        }
        return report.problems.isEmpty ? 0 : 1
    }

    private static func lines(_ report: RotationReport, keys: String) -> [String] {
        var lines: [String] = []
        if report.isNew { lines.append("\(report.key) is a fresh key, the first in \(keys)") }
        if report.ringIsFile == false {
            lines.append(
                "the key ring is no file of ours: no key was added to it; put one first where it "
                    + "comes from, and rotate again")
        }
        let names = report.tenants.map(\.rawValue).joined(separator: ", ")
        lines.append(
            "the secrets of \(report.tenants.count) tenants were encrypted again with "
                + "\(report.key)" + (names.isEmpty ? "" : ": \(names)"))
        if report.unchanged > 0 {
            lines.append("those of \(report.unchanged) tenants lay under it already")
        }
        if let others = report.others, others > 0 {
            lines.append(
                "\(others) secrets of accounts and of the installation were encrypted again, too")
        }
        if let epoch = report.epoch {
            lines.append(
                "\(report.rewrapped ?? 0) keys of tenants' words are wrapped by a fresh table key, "
                    + "of epoch \(epoch); the older ones are destroyed")
        }
        for problem in report.problems {
            lines.append("\(problem.id) was left as it is: \(problem.problem)")
        }
        if !report.unneeded.isEmpty {
            lines.append(
                "no longer needed: \(report.unneeded.joined(separator: ", ")); their lines can be "
                    + "removed from \(report.ringIsFile == false ? "the key ring" : keys)")
        }
        return lines
    }
}
