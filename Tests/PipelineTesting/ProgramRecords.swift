import AccountRecords
import AuditRecords
import Conversation
import CustomerRecords
import DeskRecords
import KnowledgeRecords
import NotificationRecords
import OperationRecords
import PurgeRecords
package import Records
import RoutingRecords
import ServiceLevelRecords
import SiteRecords
import TenantKeys

extension RecordTypes {
    /// The types of all modules, as the program joins them.
    package static let program = RecordTypes(
        ConversationRecords.types + AuditRecords.types + KeyRecords.types + PurgeRecords.types
            + AccountRecords.types + NotificationRecords.types + DeskRecords.types
            + ServiceLevelRecords.types + CustomerRecords.types + RoutingRecords.types
            + SiteRecords.types + OperationRecords.types + KnowledgeRecords.types)
}

extension RecordEnvelope {
    /// What makes and reads all records of the program, none of them sealed.
    package static let program = RecordEnvelope(.program)
}
