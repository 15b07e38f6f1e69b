import AccountRecords
package import Conversation
import Endpoints
package import JSON

/// An operator who acts as somebody of a team.
package struct ImpersonationAnswer: Hashable, Codable, Described {
    /// Its id.
    package var id: SessionID
    /// The tenant.
    package var tenant: TenantID
    /// As whom.
    package var account: AccountID
    /// What that person is called.
    package var name: String
    /// Who acts.
    package var `operator`: AccountID
    /// What the operator is called.
    package var operatorName: String
    /// Why.
    package var reason: String
    /// Since when.
    package var began: Timestamp
    /// Until when.
    package var expires: Timestamp

    package static let schema = JSONSchema.object(
        [
            .required("id", .id("Its id.")), .required("tenant", .id("The tenant.")),
            .required("account", .id("As whom.")),
            .required("name", .text("What that person is called.")),
            .required("operator", .id("Who acts.")),
            .required("operatorName", .text("What the operator is called.")),
            .required("reason", .text("Why.")), .required("began", .time("Since when.")),
            .required("expires", .time("Until when.")),
        ], named: "Impersonation")

    init(_ impersonation: Impersonation, in tenant: TenantID, as name: String) {
        id = impersonation.id
        self.tenant = tenant
        account = impersonation.account
        self.name = name
        self.operator = impersonation.operator
        operatorName = impersonation.operatorName ?? ""
        reason = impersonation.reason ?? ""
        began = impersonation.began
        expires = impersonation.expires
    }
}

/// Operators who act as people of a team.
struct ImpersonationList: Hashable, Codable, Described {
    var impersonations: [ImpersonationAnswer]

    static let schema = JSONSchema.object(
        [
            .required(
                "impersonations", .list(ImpersonationAnswer.schema, "The newest first."))
        ], named: "Impersonations")
}

/// As whom an operator wants to act, and why.
struct ImpersonationBody: Described, Decodable {
    var account: AccountID
    var reason: String

    static let schema = JSONSchema.object(
        [
            .required("account", .id("As whom.")),
            .required("reason", .text("Why, as the team is told.", 1...500)),
        ], named: "NewImpersonation")
}

/// One impersonation of a tenant.
struct ImpersonationParameters: Described, Decodable {
    var impersonation: SessionID

    static let schema = JSONSchema.object([.required("impersonation", .id("Its id."))])
}
