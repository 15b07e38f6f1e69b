/// The catalogue: `ce_type` ↔ Swift type ↔ topic.
package enum Published: Hashable, Sendable {
    case inboundMessage(InboundMessage)
    case messageStatus(MessageStatus)
    case accountUpdate(AccountUpdate)
    case documentUpload(DocumentUpload)
    case documentRemoval(DocumentRemoval)
    case documentReembedding(DocumentReembedding)
    case documentState(DocumentState)
    case passage(Passage)
    case passageWithdrawal(PassageWithdrawal)
    case groundedQuestion(GroundedQuestion)
    case proposedReply(ProposedReply)
    case outboundMessage(OutboundMessage)
    case ownershipChange(OwnershipChange)
    case delivery(Delivery)
    case handoffCommand(HandoffCommand)
    case handoffEvent(HandoffEvent)
    case tenantSettings(TenantSettings)
    case auditEntry(AuditEntry)
    case decision(Decision)
    case deadLetterResolution(DeadLetterResolution)
    /// A tombstone: the key's value is gone.
    case tombstone(key: String)
    /// A type that this version does not know; it is kept and passed over.
    case unknown(type: String)
}

/// Turns records' values into published types and back.
///
/// Every personal word of a customer passes through here, so that one place can seal it.
package enum RecordCatalogue {
    /// All published types.
    package static let types: [any Payload.Type] = [
        InboundMessage.self, MessageStatus.self, AccountUpdate.self, DocumentUpload.self,
        DocumentRemoval.self, DocumentReembedding.self, DocumentState.self, Passage.self,
        PassageWithdrawal.self, GroundedQuestion.self,
        ProposedReply.self, OutboundMessage.self, OwnershipChange.self, Delivery.self,
        HandoffCommand.self, HandoffEvent.self, TenantSettings.self, AuditEntry.self,
        Decision.self, DeadLetterResolution.self,
    ]

    /// Reads a record's value by its `ce_type`.
    ///
    /// - Throws: ``RecordError`` naming the type and the field that is wrong.
    package static func decode(
        type: String, key: String, value: [UInt8]?
    ) throws(RecordError) -> Published {
        guard let value else { return .tombstone(key: key) }
        func read<P: Payload>(_ payload: P.Type) throws(RecordError) -> P {
            try RecordCodec.decode(payload, from: value)
        }
        switch type {
        case InboundMessage.type:
            return .inboundMessage(try Self.own(InboundMessage.self, from: value))
        case MessageStatus.type: return .messageStatus(try read(MessageStatus.self))
        case AccountUpdate.type: return .accountUpdate(try read(AccountUpdate.self))
        case DocumentUpload.type: return .documentUpload(try read(DocumentUpload.self))
        case DocumentRemoval.type: return .documentRemoval(try read(DocumentRemoval.self))
        case DocumentReembedding.type:
            return .documentReembedding(try read(DocumentReembedding.self))
        case DocumentState.type: return .documentState(try read(DocumentState.self))
        case Passage.type: return .passage(try read(Passage.self))
        case PassageWithdrawal.type: return .passageWithdrawal(try read(PassageWithdrawal.self))
        case GroundedQuestion.type:
            return .groundedQuestion(try Self.own(GroundedQuestion.self, from: value))
        case ProposedReply.type:
            return .proposedReply(try Self.own(ProposedReply.self, from: value))
        case OutboundMessage.type:
            return .outboundMessage(try Self.own(OutboundMessage.self, from: value))
        case OwnershipChange.type: return .ownershipChange(try read(OwnershipChange.self))
        case Delivery.type: return .delivery(try read(Delivery.self))
        case HandoffCommand.type: return .handoffCommand(try read(HandoffCommand.self))
        case HandoffEvent.type: return .handoffEvent(try read(HandoffEvent.self))
        case TenantSettings.type: return .tenantSettings(try read(TenantSettings.self))
        case AuditEntry.type: return .auditEntry(try read(AuditEntry.self))
        case Decision.type: return .decision(try read(Decision.self))
        case DeadLetterResolution.type:
            return .deadLetterResolution(try read(DeadLetterResolution.self))
        default: return .unknown(type: type)
        }
    }
}
