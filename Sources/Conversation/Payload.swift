/// The value of a record: one published type per `ce_type`.
///
/// A field is only ever added, as an optional or with a default in decoding; readers ignore
/// fields and keep values that they do not know.
package protocol Payload: Codable, Sendable, Hashable {
    /// The `ce_type` of records that hold this type.
    static var type: String { get }
    /// The topic that such records go to.
    static var topic: Topic { get }
    /// The record's key: what keeps its order.
    var key: String { get }
    /// The tenant that the record belongs to.
    var tenant: TenantID { get }
    /// The JSON of the record's value: the bytes that ``RecordCodec`` gives.
    func json() throws(RecordError) -> [UInt8]
}

extension Payload {
    /// The JSON of the record's value.
    package func json() throws(RecordError) -> [UInt8] { try RecordCodec.encode(self) }
}

/// The topics of the pipeline.
package enum Topic: String, CaseIterable, Sendable, Hashable, Codable {
    case messagesInbound = "messages.inbound"
    case messagesStatus = "messages.status"
    case accountsUpdates = "accounts.updates"
    case documents = "documents"
    case documentsState = "documents.state"
    case knowledgePassages = "knowledge.passages"
    case questionsGrounded = "questions.grounded"
    case repliesProposed = "replies.proposed"
    case handoffCommands = "handoff.commands"
    case handoffEvents = "handoff.events"
    case messagesOutbound = "messages.outbound"
    case messagesDelivery = "messages.delivery"
    case tenants = "tenants"
    case audit = "audit"
    /// What each stage did with each record: calls with their answers, and why it ignored one.
    case decisions = "decisions"
    /// Records that were set aside, bytes and headers unchanged.
    case deadLetters = "dead.letters"
}

extension Topic {
    /// Whether it holds what was written in conversations, which a tenant may want kept for less
    /// time than the installation does.
    package var holdsMessages: Bool {
        switch self {
        case .messagesInbound, .messagesStatus, .questionsGrounded, .repliesProposed,
            .handoffCommands, .handoffEvents, .messagesOutbound, .messagesDelivery:
            true
        case .accountsUpdates, .documents, .documentsState, .knowledgePassages, .tenants, .audit,
            .decisions, .deadLetters:
            false
        }
    }

    /// Whether nothing of it may be lost with time: who did what, and who is a tenant.
    package var neverExpires: Bool { self == .audit || self == .tenants }
}
