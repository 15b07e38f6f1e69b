/// The record types of this module.
package enum ConversationRecords {
    /// All of them: a type that is not named here is not read anywhere.
    package static let types: [any Payload.Type] = [
        InboundMessage.self, ConversationMove.self, ConversationJoin.self, EchoedMessage.self,
        PastMessage.self, ConversationPast.self, IdentitySighting.self,
        MessageStatus.self, UnplacedStatus.self, AccountUpdate.self,
        DocumentUpload.self,
        DocumentRemoval.self, DocumentReembedding.self, DocumentState.self,
        DocumentTermsChange.self, AnsweredQuestion.self, DocumentStanding.self,
        DocumentProgress.self, Passage.self,
        PassageWithdrawal.self, GroundedQuestion.self,
        ProposedReply.self, ToolRequest.self, ToolResult.self, ToolConfirmation.self,
        OutboundMessage.self, OwnershipChange.self, SendingResumed.self, Delivery.self,
        ChannelState.self, ChannelReport.self, MessageTemplate.self, TemplateChange.self,
        MediumRequest.self, FetchedMedium.self, KeptMedium.self, UploadedMedium.self,
        HandoffCommand.self, CustomerPreference.self, HandoffEvent.self, AgentNote.self,
        TenantSettings.self, TokenUse.self, Decision.self, DeadLetterResolution.self,
    ]

    /// The topics that they go to.
    package static var topics: Set<Topic> { Set(types.map { $0.topic }) }
}
