package import Conversation
import Cryptography
import Endpoints
import HTTPServer
package import JSON
import TenantDirectory

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
    /// Keys that no tenant's secrets need any more.
    package var unneeded: [String] = []

    package static let schema = JSONSchema.object(
        [
            .required("key", .text("The key under which all secrets lie now.")),
            .required("isNew", .boolean("Whether that key was made just now.")),
            .required("tenants", .list(.text(), "Whose secrets were encrypted again.")),
            .required("unchanged", .count("Tenants whose secrets lay under that key already.")),
            .required("problems", .list(TenantList.problem, "Who cannot be served, and why.")),
            .required("unneeded", .list(.text(), "Keys that nothing needs any more.")),
        ], named: "RotationReport")
}

/// Encrypts the secrets of all tenants with the newest key, so that older keys can go.
///
/// The console does it, behind the same turnstile as every other change of a tenant, so that none
/// is lost. The key stands in the file before anything is sealed with it, and whoever meets a key
/// that it does not know reads the file again: all goes on meanwhile.
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
                problems: [.keys] + Problem.Kind.writing)
        ) { call in
            try await turnstile.pass { Reply(try await rotate(call.body.value, call.principal)) }
        }
    }

    private func rotate(
        _ wanted: RotationRequest, _ principal: Principal
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
                        "secrets.rotate", of: ring.newestKeyID, tenant: settings.tenant,
                        actor: principal.actor),
                ], visible: record, in: context.appliedTenants)
            report.tenants.append(settings.tenant)
        }
        report.problems = context.tenants.problems.sorted { $0.key < $1.key }
            .map { .init(id: $0.key, problem: $0.value) }
        // One that cannot be opened now may be mended with an older key.
        if report.problems.isEmpty {
            report.unneeded = ring.keyIDs.filter { $0 != ring.newestKeyID }
        }
        return report
    }
}
