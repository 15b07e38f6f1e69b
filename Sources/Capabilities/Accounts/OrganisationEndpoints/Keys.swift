import AccountCommands
import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import OrganisationView
import Permissions
import SQLite

extension OrganisationEndpoints {
    var keys: [Endpoint] { [listKeys, addKey, rotateKey, changeKey, revokeKey] }

    private func keys<Parameters, Body>(
        _ call: Call<TenantScope, Parameters, Body>
    ) -> APIKeyWishes {
        let (tenant, asker) = (call.scope.tenant, Asker(call, in: call.scope.tenant))
        return APIKeyWishes(at: means.now()) { action throws(Problem) in
            try await means.channel.ask(tenant, .key(action), for: asker).change.key
        }
    }

    private var listKeys: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/keys", "keys.list",
                "Lists a team's API keys, those that ended included."),
            may: .readKeys, .init(gives: Reply<APIKeyList>.self, problems: [.viewIsBuilt])
        ) { call in
            let keys = try await read { rows throws(SQLiteError) in
                try OrganisationRows(rows, of: call.scope).keys()
            }
            return Reply(APIKeyList(keys, at: means.now()))
        }
    }

    private var addKey: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/keys", "keys.add",
                "Makes an API key, which is told this once."),
            may: .writeKeys,
            .init(
                body: JSONBody<APIKeyRequest>.self, gives: Reply<FreshAPIKey>.self, [201],
                problems: Problem.Kind.deciding, repeating: .onceWithSecret)
        ) { try await keys($0).add($0.body.value) }
    }

    private var rotateKey: Endpoint {
        .tenant(
            .at(
                .post, Self.base + "/keys/{key}/rotate", "keys.rotate",
                "Makes an API key in the place of another, which works for a while on."),
            may: .writeKeys,
            .init(
                takes: OneAPIKey.self, body: JSONBody<APIKeyRotation>.self,
                gives: Reply<FreshAPIKey>.self, [201], problems: Problem.Kind.deciding,
                repeating: .onceWithSecret)
        ) { try await keys($0).rotate($0.parameters.key, $0.body.value) }
    }

    private var changeKey: Endpoint {
        .tenant(
            .at(
                .put, Self.base + "/keys/{key}", "keys.change",
                "Changes what an API key is called and where it may be used from."),
            may: .writeKeys,
            .init(
                takes: OneAPIKey.self, body: JSONBody<APIKeyChange>.self,
                gives: Reply<APIKeyListing>.self, problems: Problem.Kind.deciding)
        ) { try await keys($0).change($0.parameters.key, $0.body.value) }
    }

    private var revokeKey: Endpoint {
        .tenant(
            .at(
                .delete, Self.base + "/keys/{key}", "keys.revoke",
                "Ends an API key at once."),
            may: .writeKeys,
            .init(
                takes: OneAPIKey.self, gives: NoContent.self, [204],
                problems: Problem.Kind.deciding)
        ) { try await keys($0).revoke($0.parameters.key) }
    }
}
