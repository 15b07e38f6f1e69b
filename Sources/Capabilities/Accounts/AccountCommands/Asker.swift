package import AuditRecords
package import Conversation
import Cryptography
package import Endpoints

/// Who wishes something, and from where, as commands and the audit log say it.
package struct Asker: Hashable, Sendable {
    /// Who.
    package var actor: AuditActor
    /// Where from.
    package var origin: AuditOrigin
    /// The request's own id: commands bear it, and the events that answer them.
    package var reference: String

    /// When the same was first wished, where nobody knows what became of it.
    package var begunBefore: Timestamp?

    /// Names who asks.
    package init(
        _ actor: AuditActor, origin: AuditOrigin, reference: String, begunBefore: Timestamp? = nil
    ) {
        self.actor = actor
        self.origin = origin
        self.reference = reference
        self.begunBefore = begunBefore
    }

    /// A name for what is made by the wish, in hexadecimal digits, that nobody else's has; the same
    /// again where the same is wished again, so that who asks twice is told of one thing.
    package func name(of kind: String, bytes: Int = 12) -> String {
        String(SHA256.hex("\(kind)\u{1f}\(actor.text)\u{1f}\(reference)").prefix(2 * bytes))
    }
}

extension AuditActor {
    /// A principal as what it acts as: with `inTeam`, as one of those that the act is about; else
    /// as who runs the installation.
    package init(_ principal: Principal, inTeam: Bool) {
        switch principal {
        case .nobody: self.init(.link, "nobody")
        case .key(let key): self.init(.key, Self.name(key))
        case .agent(let agent): self.init(.agent, agent.id.rawValue, name: agent.name)
        case .person(let person):
            self.init(
                inTeam ? .account : .operator, person.account.rawValue, name: person.name,
                session: person.session.rawValue, impersonator: person.impersonator?.rawValue,
                impersonatorName: person.impersonatorName)
        case .program(let program):
            self.init(
                inTeam ? .apiKey : .operatorKey, program.key.rawValue, name: program.name)
        }
    }

    private static func name(_ key: Principal.KeyName) -> String {
        key.name.hasPrefix("key/") ? String(key.name.dropFirst(4)) : key.name
    }
}
