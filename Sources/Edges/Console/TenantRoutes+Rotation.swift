import AccountCommands
import AuditRecords
package import Conversation
import Cryptography
import Endpoints
import HTTPServer
package import JSON
import TenantDirectory
import TenantKeys

/// What a rotation is asked for.
package struct RotationRequest: Hashable, Sendable, Codable, Described {
    /// Whether a fresh key is added first; so it is unless told otherwise.
    package var addsKey: Bool?

    /// Describes a request.
    package init(addsKey: Bool) { self.addsKey = addsKey }

    package static let schema = JSONSchema.object(
        [.optional("addsKey", .boolean("Whether a fresh key is added first; it is by default."))],
        named: "RotationRequest")
}

/// What a rotation did.
package struct RotationReport: Hashable, Sendable, Codable, Described {
    /// The key under which all secrets lie now.
    package var key: String
    /// Whether that key was made just now.
    package var isNew: Bool
    /// Tenants whose secrets were encrypted again.
    package var tenants: [TenantID] = []
    /// Tenants whose secrets lay under that key already.
    package var unchanged = 0
    /// Tenants whose secrets cannot be opened, and why.
    package var problems: [TenantList.Problem] = []
    /// Secrets of accounts and of the installation that were encrypted again.
    package var others: Int?
    /// Keys that no secret needs any more.
    package var unneeded: [String] = []
    /// Whether the key ring lies in a file; where it comes from the environment or a command, it is
    /// changed there.
    package var ringIsFile: Bool?
    /// The epoch whose table key wraps all tenants' keys now.
    package var epoch: Int?
    /// How many of them were wrapped anew.
    package var rewrapped: Int?

    package static let schema = JSONSchema.object(
        [
            .required("key", .text("The key under which all secrets lie now.")),
            .required("isNew", .boolean("Whether that key was made just now.")),
            .required("tenants", .list(.text(), "Whose secrets were encrypted again.")),
            .required("unchanged", .count("Tenants whose secrets lay under that key already.")),
            .required("problems", .list(TenantList.problem, "Who cannot be served, and why.")),
            .required("unneeded", .list(.text(), "Keys that nothing needs any more.")),
            .optional(
                "ringIsFile",
                .boolean("Whether the key ring is a file; else it changes where it comes from.")),
            .optional(
                "others", .count("Secrets of accounts and of the installation, encrypted again.")),
            .optional("epoch", .count("Whose table key wraps all tenants' keys now.")),
            .optional("rewrapped", .count("Tenants' keys that were wrapped anew.")),
        ], named: "RotationReport")
}

/// Encrypts the secrets of all tenants with the newest key, so that older keys can go.
///
/// The console does it, behind the same turnstile as every other change of a tenant, so that none
/// is lost. The key stands in the file before anything is sealed with it, and whoever meets a key
/// that it does not know reads the file again: all goes on meanwhile. Then the table key, which
/// wraps the keys of tenants' words, changes as well.
extension TenantRoutes {
    /// The endpoint.
    var rotate: Endpoint {
        .installation(
            .at(
                .post, "/api/v1/secrets/rotate", "secrets.rotate",
                "Encrypts the secrets of all businesses with the newest key, or a fresh one."),
            may: .rotateSecrets,
            .init(
                body: JSONBody<RotationRequest>.self, gives: Reply<RotationReport>.self,
                problems: [.keys] + Problem.Kind.writing, repeating: .once)
        ) { call in
            try await turnstile.pass { Reply(try await rotate(call.body.value, call)) }
        }
    }

    private func rotate(
        _ wanted: RotationRequest,
        _ call: Call<InstallationScope, NoParameters, JSONBody<RotationRequest>>
    ) async throws -> RotationReport {
        let isNew: Bool
        do throws(KeyRingError) {
            isNew = try wanted.addsKey == false ? false : keys.addKey()
            // Somebody may have put a key there by hand.
            if !isNew { _ = try keys.reload() }
        } catch {
            throw Problem(.keys, error.description)
        }
        let ring = keys.current
        var report = RotationReport(key: ring.newestKeyID, isNew: isNew)
        report.ringIsFile = keys.isFile
        for settings in context.tenants.all.map(\.settings) {
            let secrets = TenantSecrets(keyRing: ring, tenant: settings.tenant)
            let sealed = try secrets.resealed(settings)
            guard sealed != settings else {
                report.unchanged += 1
                continue
            }
            let record = try context.records.freshID()
            try await context.write(
                [
                    context.records.record(sealed, id: record),
                    context.records.audit(
                        "secrets.rotate", on: AuditTarget("secretKey", ring.newestKeyID),
                        in: settings.tenant,
                        for: Asker(call, in: settings.tenant)),
                ], visible: record, in: context.appliedTenants)
            report.tenants.append(settings.tenant)
        }
        report.problems = context.tenants.problems.sorted { $0.key < $1.key }
            .map { .init(id: $0.key, problem: $0.value) }
        let others = try await context.options.reseal()
        report.others = others.done
        try await turnEpoch(&report)
        // One that cannot be opened now may be mended with an older key.
        if report.problems.isEmpty, others.failed == 0 {
            report.unneeded = ring.keyIDs.filter { $0 != ring.newestKeyID }
        }
        return report
    }

    /// Wraps tenants' keys by a fresh table key, which the newest key of the ring seals, and
    /// destroys the older table keys; who is killed in the midst of it asks again.
    private func turnEpoch(_ report: inout RotationReport) async throws(Problem) {
        guard let keeper else { return }
        do throws(KeyProblem) {
            let turned = try await keeper.turnEpoch()
            report.epoch = turned.epoch
            report.rewrapped = turned.rewrapped
        } catch {
            throw Problem(
                .keys,
                "the secrets lie under \(report.key), but tenants' keys were not all wrapped anew; "
                    + "ask again with --keep-key: \(error.description)")
        }
    }
}
