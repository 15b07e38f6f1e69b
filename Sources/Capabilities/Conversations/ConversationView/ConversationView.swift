package import Conversation
import CustomerRecords
import DeskRecords
package import Endpoints
import KnowledgeRecords
import NumberLimits
import Records
import RoutingRecords
import SQLite
package import Views

/// What was said in every conversation, and which of them wait for a person or have one.
///
/// The topics are read side by side, so each column is made of one topic's records alone, or of
/// several in a way that does not ask for their order: a delivery may come before its message.
package enum ConversationView {
    /// The view.
    package static let view = View(
        "conversations",
        of: [
            .messagesInbound, .messagesHistory, .messagesOutbound, .messagesDelivery,
            .messagesUnplaced, .mediaResults, .handoffEvents, .handoffCommands, .deadLetters,
            .deskEvents, .customersEvents, .casesEvents,
            .routingSettings, .routingEvents, .knowledgeQuestions,
        ],
        reading: [
            InboundMessage.self, ConversationMove.self, EchoedMessage.self, PastMessage.self,
            OutboundMessage.self, Delivery.self, FetchedMedium.self, HandoffEvent.self,
            HandoffCommand.self, CustomerPreference.self, UnplacedStatus.self, AgentNote.self,
            DeskEvent.self, CustomerEvent.self, CustomerLinkEvent.self, CaseEvent.self,
            RoutingSetting.self, RoutingEvent.self, QuestionMark.self,
        ],
        schema: schema + customerSchema + suggestionSchema + missedSchema + NumberLimits.schema,
        apply: apply)

    // Lines stand in the file as they come, next to each other, and only their names by
    // conversation: a transaction of many conversations writes few pages.
    // `handoff` is the newest handoff's JSON, `status` says whether it is open; `is_announced`
    // marks lines of which agents heard by an event. Lines stand in the order of `time`, `source`,
    // `offset` and `part`: when Parley had them, then as they stand in their topic. `wamid` is
    // WhatsApp's name of the message: by that agents quote it and react to it. `sent` is what was
    // sent, where `text` is not all of it; `repeats` the message that a line is sent instead of,
    // and `again` the other way round. `stopped_at` and `resumed_at` are when the customer last
    // said that they want no messages which they did not ask for, and that they want them again.
    // `held_at` and `freed_at` are when the business wrote that down for them.
    // `wrote_to` is the number as events of handoffs tell it, where no message does any more.
    // `outcome` is what came of the last handoff; `news` the lines for which a message was not
    // sent.
    private static let schema = """
        CREATE TABLE conversations (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL, number TEXT, user_id TEXT, parent_user_id TEXT,
            phone TEXT, name TEXT, username TEXT,
            was_handed_off INTEGER NOT NULL DEFAULT 0, status TEXT NOT NULL DEFAULT 'bot',
            waiting_since INTEGER, holder TEXT, handoff TEXT, suggestion TEXT, outcome TEXT,
            who TEXT, wrote_to TEXT,
            PRIMARY KEY (tenant, conversation)
        ) WITHOUT ROWID;
        CREATE INDEX conversations_by_time ON conversations (tenant, last_at, conversation);
        CREATE INDEX conversations_by_age ON conversations (tenant, first_at);
        CREATE INDEX conversations_by_user ON conversations (tenant, user_id)
            WHERE user_id IS NOT NULL;
        CREATE INDEX conversations_by_phone ON conversations (tenant, phone)
            WHERE phone IS NOT NULL;
        CREATE INDEX open_by_time ON conversations (tenant, last_at, conversation)
            WHERE status <> 'bot';
        CREATE INDEX open_by_holder ON conversations (tenant, holder, waiting_since, conversation)
            WHERE status <> 'bot';
        CREATE INDEX open_handoffs
            ON conversations (tenant, waiting_since, conversation, status, holder)
            WHERE status <> 'bot';
        CREATE TABLE lines (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, id TEXT NOT NULL,
            time INTEGER NOT NULL, source INTEGER NOT NULL, offset INTEGER NOT NULL,
            part INTEGER NOT NULL, at INTEGER NOT NULL, speaker TEXT NOT NULL, name TEXT,
            text TEXT NOT NULL, content TEXT, is_announced INTEGER NOT NULL, wamid TEXT,
            sent TEXT, repeats TEXT,
            PRIMARY KEY (tenant, conversation, id)
        );
        CREATE INDEX lines_of_phones ON lines (tenant, wamid) WHERE source >= 3;
        CREATE INDEX lines_in_order ON lines (tenant, conversation, time, source, offset, part);
        CREATE TABLE deliveries (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, message TEXT NOT NULL,
            rank INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, detail TEXT,
            code INTEGER, advice TEXT, wamid TEXT, pricing TEXT, again TEXT, known_as TEXT,
            PRIMARY KEY (tenant, conversation, message)
        ) WITHOUT ROWID;
        CREATE TABLE media (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, message TEXT NOT NULL,
            reading TEXT NOT NULL,
            PRIMARY KEY (tenant, conversation, message)
        ) WITHOUT ROWID;
        CREATE TABLE moves (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, target TEXT,
            number INTEGER NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (tenant, conversation)
        ) WITHOUT ROWID;
        CREATE INDEX moves_by_target ON moves (tenant, target);
        CREATE TABLE changes (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, message TEXT NOT NULL,
            at INTEGER NOT NULL, text TEXT,
            PRIMARY KEY (tenant, conversation, message)
        ) WITHOUT ROWID;
        CREATE TABLE wishes (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL,
            stopped_at INTEGER, resumed_at INTEGER,
            held_at INTEGER, freed_at INTEGER, PRIMARY KEY (tenant, conversation)
        ) WITHOUT ROWID;
        CREATE TABLE answers (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, agent TEXT NOT NULL,
            reference TEXT NOT NULL, at INTEGER NOT NULL, source INTEGER NOT NULL,
            refusal TEXT, holder TEXT, news TEXT,
            PRIMARY KEY (tenant, conversation, agent, reference)
        ) WITHOUT ROWID;
        CREATE INDEX answers_by_time ON answers (at);
        CREATE INDEX deliveries_by_name ON deliveries (tenant, wamid) WHERE wamid IS NOT NULL;
        CREATE TABLE unplaced (
            tenant TEXT NOT NULL, id TEXT NOT NULL, wamid TEXT NOT NULL, at INTEGER NOT NULL,
            status TEXT NOT NULL, PRIMARY KEY (tenant, id)
        ) WITHOUT ROWID;
        CREATE INDEX unplaced_by_name ON unplaced (tenant, wamid);
        CREATE INDEX unplaced_by_time ON unplaced (at);
        CREATE TABLE queues (
            tenant TEXT NOT NULL, queue TEXT NOT NULL, PRIMARY KEY (tenant, queue)
        ) WITHOUT ROWID;
        CREATE TABLE teams (
            tenant TEXT NOT NULL, queue TEXT NOT NULL, agent TEXT NOT NULL,
            PRIMARY KEY (tenant, queue, agent)
        ) WITHOUT ROWID;
        CREATE TABLE places (
            tenant TEXT NOT NULL, conversation TEXT NOT NULL, queue TEXT NOT NULL,
            PRIMARY KEY (tenant, conversation)
        ) WITHOUT ROWID;
        """

    @Sendable private static func apply(
        _ record: DecodedRecord, _ rows: Rows
    ) throws(SQLiteError) {
        let isSetAside = record.position.topic == Topic.deadLetters.rawValue
        switch record.payload {
        case let command as HandoffCommand where isSetAside:
            // Nobody else tells who sent it: a stage says nothing of what it could not handle.
            try note(setAside: command, rows)
        // A message that a stage set aside stands in its own topic, too.
        case _ where isSetAside: break
        case let move as ConversationMove: try follow(move, rows)
        case let message as InboundMessage: try add(message, record, rows)
        case let echo as EchoedMessage: try add(echo, record, rows)
        case let past as PastMessage: try add(past, record, rows)
        case let message as OutboundMessage: try add(message, record, rows)
        case let delivery as Delivery:
            try forgetEcho(of: delivery, rows)
            try note(
                delivery.outcome, of: delivery.outbound, in: delivery.conversation,
                of: delivery.tenant, at: delivery.at, pricing: delivery.pricing, rows)
            try tell(named: delivery.outcome.wamid, of: delivery.tenant, rows)
        case let status as UnplacedStatus: try add(status, id: record.headers.id, rows)
        case let medium as FetchedMedium: try note(medium, rows)
        case let event as HandoffEvent: try follow(event, record, rows)
        case let note as AgentNote: try add(note, record, rows)
        case let preference as CustomerPreference: try note(preference, rows)
        case let event as DeskEvent: try follow(event, rows)
        case let event as CustomerEvent: try follow(event, rows)
        case let event as CustomerLinkEvent: try follow(event, rows)
        case let event as CaseEvent: try follow(event, rows)
        case let setting as RoutingSetting: try follow(setting, rows)
        case let event as RoutingEvent: try follow(event, rows)
        case let mark as QuestionMark: try follow(mark, rows)
        default: break
        }
    }
}

/// What an event of a handoff means to the agents who watch.
package enum HandoffChange: ViewChange, Hashable {
    /// A handoff is new or changed.
    case updated(Handoff)
    /// A handoff ended; the bot answers again.
    case ended(ConversationID, by: AgentID?)
    /// Something was said.
    case line(ConversationID, Handoff.Line)
    /// The bot would say this.
    case suggestion(ConversationID, Handoff.Suggestion)
    /// What became of a suggestion: it is one no more.
    case suggestionEnded(ConversationID, SuggestionEnd)
    /// What became of a message.
    case delivery(ConversationID, Handoff.DeliveryReport)
}

/// A change of a tenant's handoff, in the order in which agents are to hear of it.
package struct HandoffChanged: ViewChange, Hashable {
    /// The business.
    package var tenant: TenantID
    /// What changed.
    package var change: HandoffChange
    /// Who may hear of it; everybody where it is `nil`.
    package var audience: Audience?
}
