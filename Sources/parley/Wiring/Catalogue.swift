import AuditRecords
import Configuration
import Conversation
import Records

/// The record types of this program: the lists of all its modules, joined.
enum Catalogue {
    /// What makes and reads all records of this program.
    ///
    /// - Throws: `ConfigurationError` if two modules claim one type or one topic.
    static func envelope() throws(ConfigurationError) -> RecordEnvelope {
        do throws(RecordTypeClash) {
            return RecordEnvelope(
                try RecordTypes(joining: ConversationRecords.types, AuditRecords.types))
        } catch {
            throw ConfigurationError("the record types", error.description)
        }
    }
}
