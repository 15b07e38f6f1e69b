package import AccountRecords
package import Conversation
import Cryptography
package import Endpoints
package import HTTPServer
import Idempotency
import Permissions

/// What is wished of the API keys of a team, or of the installation: all but whom to ask.
package struct APIKeyWishes: Sendable {
    /// Asks for something; the key that came of it, `nil` where none did.
    package typealias Ask = @Sendable (APIKeyAction) async throws(Problem) -> APIKeyFacts?

    private let now: Timestamp
    private let ask: Ask

    /// Wishes at a time.
    package init(at now: Timestamp, ask: @escaping Ask) {
        self.now = now
        self.ask = ask
    }

    /// Makes a key, which is told this once.
    package func add(_ wanted: APIKeyRequest) async throws(Problem) -> Reply<FreshAPIKey> {
        if let expires = wanted.expires, expires <= now {
            throw .invalid("/expires", "expires is in the future")
        }
        let fresh = try Self.fresh()
        let key = APIKeyFacts(
            id: APIKeyID(fresh.id), name: try Names.checked(wanted.name), hash: fresh.hash,
            permissions: Set(wanted.permissions.map { Permission($0) }).sorted(),
            // Where a key is used from is another place than where it is made.
            expires: wanted.expires, networks: try Networks.checked(wanted.networks ?? []),
            createdAt: now)
        return try told(fresh, try await ask(.add(key)))
    }

    /// Makes a key in the place of another, which works for a while on.
    package func rotate(
        _ id: APIKeyID, _ wanted: APIKeyRotation
    ) async throws(Problem) -> Reply<FreshAPIKey> {
        let fresh = try Self.fresh()
        return try told(
            fresh,
            try await ask(
                .rotate(
                    id, id: APIKeyID(fresh.id), hash: fresh.hash,
                    graceSeconds: wanted.graceSeconds)))
    }

    /// Changes what a key is called and where it may be used from.
    package func change(
        _ id: APIKeyID, _ wanted: APIKeyChange
    ) async throws(Problem) -> Reply<APIKeyListing> {
        let key = try await ask(
            .change(
                id, name: try Names.checked(wanted.name),
                networks: try Networks.checked(wanted.networks)))
        guard let key else { throw Refusal.unknown.problem }
        return Reply(APIKeyListing(key, at: now))
    }

    /// Ends a key at once.
    package func revoke(_ id: APIKeyID) async throws(Problem) -> NoContent {
        _ = try await ask(.revoke(id))
        return NoContent()
    }

    /// Asked again under one name, the first key is the one that was made, and was told.
    private func told(
        _ fresh: APIKeyText, _ made: APIKeyFacts?
    ) throws(Problem) -> Reply<FreshAPIKey> {
        guard let made else { throw Refusal.unknown.problem }
        guard made.hash == fresh.hash else { throw .secretWasShown }
        return Reply(
            FreshAPIKey(key: APIKeyListing(made, at: now), secret: fresh.text), status: 201)
    }

    private static func fresh() throws(Problem) -> APIKeyText {
        do throws(CryptographyError) {
            return try APIKeyText.make()
        } catch {
            throw Problem(.notStored, "nothing was stored: \(error)")
        }
    }
}

extension OrganisationEvent.Change {
    /// The key that it is about; of a rotation the fresh one.
    package var key: APIKeyFacts? {
        switch self {
        case .key(let key), .keyRotated(let key, former: _): key
        default: nil
        }
    }
}

extension InstallationEvent.Change {
    /// The key that it is about; of a rotation the fresh one.
    package var key: APIKeyFacts? {
        switch self {
        case .key(let key), .keyRotated(let key, former: _): key
        default: nil
        }
    }
}
