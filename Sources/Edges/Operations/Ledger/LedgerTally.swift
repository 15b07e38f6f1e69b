import Conversation
import EventLog

/// Counts a fold's messages and keeps those that need a look.
struct LedgerTally {
    /// A message that needs a look, before its id is read.
    struct Suspect {
        var fate: MessageFate
        var entry: LedgerEntry
        var tenant: String
    }

    private(set) var report = LedgerReport()
    private(set) var suspects: [Suspect] = []
    private var oldest: [String: Int64] = [:]
    private let tenant: String?
    /// Suspects listed at most: what a person reads, and what is quickly read back.
    let limit: Int

    init(tenant: String?, limit: Int) {
        self.tenant = tenant
        self.limit = limit
    }

    /// Adds a fold's messages that were accepted before `end`.
    mutating func add(
        _ fold: LedgerFold, _ judgement: LedgerFold.Judgement, acceptedBefore end: Int64 = .max
    ) {
        for (key, entry) in fold.entries
        where entry.evidence.contains(.accepted) && entry.acceptedAt < end {
            let name = fold.tenant(of: entry)
            guard tenant == nil || tenant == name else { continue }
            let fate = fold.fate(of: entry, key, judgement)
            report.messages += 1
            report.repeats += Int(entry.repeats)
            report.states[fate.name, default: 0] += 1
            report.tenants[name, default: [:]][fate.name, default: 0] += 1
            switch fate {
            case .awaiting(let queue):
                let since = min(oldest[queue.rawValue] ?? .max, entry.acceptedAt)
                oldest[queue.rawValue] = since
                report.awaiting[queue.rawValue, default: .init(count: 0, oldest: "")].count += 1
                suspects.append(Suspect(fate: fate, entry: entry, tenant: name))
            case .unaccounted, .deadLettered, .undelivered:
                suspects.append(Suspect(fate: fate, entry: entry, tenant: name))
            case .answered, .handed, .silent, .discarded, .erased: break
            }
            // A backlog of a million is counted, not listed.
            if suspects.count > limit * 64 { trim() }
        }
    }

    private mutating func trim() {
        suspects.sort { ($0.rank, $0.entry.acceptedAt) < ($1.rank, $1.entry.acceptedAt) }
        guard suspects.count > limit else { return }
        suspects.removeLast(suspects.count - limit)
        report.isCut = true
    }

    /// The report, with the suspects' ids, and WhatsApp's, as `names` tells them.
    mutating func finish(
        _ names: (Suspect) async -> (id: String, wamid: String?)
    ) async -> LedgerReport {
        trim()
        for (queue, time) in oldest {
            report.awaiting[queue]?.oldest = Timestamp(milliseconds: time).rfc3339
        }
        for suspect in suspects {
            let topicPartition = TopicPartition(
                Topic.messagesInbound.rawValue, suspect.entry.partition)
            let (id, wamid) = await names(suspect)
            report.items.append(
                LedgerReport.Item(
                    message: id, wamid: wamid, tenant: suspect.tenant,
                    state: suspect.fate.name, waiting: suspect.fate.waiting?.rawValue,
                    accepted: Timestamp(milliseconds: suspect.entry.acceptedAt).rfc3339,
                    heard: Timestamp(milliseconds: suspect.entry.heardAt).rfc3339,
                    position: "\(topicPartition)@\(suspect.entry.inboundOffset)"))
        }
        return report
    }
}

extension LedgerTally.Suspect {
    /// The most worrying first.
    var rank: Int {
        switch fate {
        case .unaccounted: 0
        case .deadLettered: 1
        case .undelivered: 2
        default: 3
        }
    }
}

extension MessageFate {
    /// Where it waits, or last was.
    var waiting: Waiting? {
        switch self {
        case .awaiting(let queue), .unaccounted(let queue): queue
        default: nil
        }
    }
}
