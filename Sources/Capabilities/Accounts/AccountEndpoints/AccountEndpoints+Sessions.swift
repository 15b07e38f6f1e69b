import AccountAccess
import AccountRecords
import AccountView
import Conversation
import Endpoints
import HTTPServer
import SQLite

/// Where everybody is signed in.
extension AccountEndpoints {
    var ownSessions: [Endpoint] { [listSessions, endSession, endOthers] }

    private var listSessions: Endpoint {
        .person(
            .at(
                .get, "/api/v1/me/sessions", "sessions.list",
                "Lists where one is signed in, the last used first."),
            .init(gives: Reply<SessionList>.self, problems: .accountReading)
        ) { call in
            let rows = try await entrance.access.accounts { rows throws(SQLiteError) in
                try rows.sessions(of: call.scope.account)
            }
            let now = entrance.now
            let sessions = rows.filter { $0.expires > now }.map { row in
                SessionListing(
                    row, used: entrance.access.lastKnownUse(of: row),
                    isCurrent: row.id == call.scope.session)
            }
            return Reply(
                SessionList(
                    sessions: sessions.sorted { ($1.used, $1.id) < ($0.used, $0.id) }))
        }
    }

    private var endSession: Endpoint {
        .person(
            .at(
                .delete, "/api/v1/me/sessions/{session}", "sessions.end",
                "Ends one of the own sessions; it is dead within a second."),
            .init(
                takes: SessionParameters.self, gives: NoContent.self, [204],
                problems: .accountWriting)
        ) { call in
            try await wish(.endSession(call.parameters.session), call)
            return NoContent()
        }
    }

    private var endOthers: Endpoint {
        .person(
            .at(
                .delete, "/api/v1/me/sessions", "sessions.endOthers",
                "Ends all of the own sessions but the one that asks."),
            .init(gives: NoContent.self, [204], problems: .accountWriting)
        ) { call in
            try await wish(.endSessions, call)
            return NoContent()
        }
    }
}
