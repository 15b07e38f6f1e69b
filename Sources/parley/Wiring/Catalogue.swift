import AccountRecords
import AuditRecords
import Configuration
import Conversation
import CustomerRecords
import DeskRecords
import KnowledgeRecords
import NotificationRecords
import OperationRecords
import PurgeRecords
import Records
import RoutingRecords
import ServiceLevelRecords
import SiteRecords
import TenantKeys

/// The record types of this program: the lists of all its modules, joined.
enum Catalogue {
    /// All types.
    ///
    /// - Throws: `ConfigurationError` if two modules claim one type or one topic.
    static func types() throws(ConfigurationError) -> RecordTypes {
        do throws(RecordTypeClash) {
            return try RecordTypes(
                joining: ConversationRecords.types, AuditRecords.types, KeyRecords.types,
                PurgeRecords.types, AccountRecords.types, NotificationRecords.types,
                DeskRecords.types, ServiceLevelRecords.types, CustomerRecords.types,
                RoutingRecords.types, SiteRecords.types, OperationRecords.types,
                KnowledgeRecords.types)
        } catch {
            throw ConfigurationError("the record types", error.description)
        }
    }

    /// What makes and reads all records of this program, sealing and opening as it is told.
    ///
    /// - Throws: `ConfigurationError` if two modules claim one type or one topic.
    static func envelope(sealing: any Sealing) throws(ConfigurationError) -> RecordEnvelope {
        RecordEnvelope(try types(), sealing: sealing)
    }
}
