import Conversation
import NotificationRecords

/// Events of people's notifications, from numbers.
enum RandomNotifications {
    /// The `count`-th event; `number` gives a number below its limit.
    static func next(_ count: Int, at now: Timestamp, _ number: (Int) -> Int) -> NotificationEvent {
        let account = AccountID("a\(number(4))")
        let change: NotificationEvent.Change
        switch number(12) {
        case 0: change = .read([RecordID("n\(number(count + 1))"), "none"])
        case 1: change = .readAll(until: now - .seconds(Int64(number(1_000))))
        case 2:
            change = .preferred(
                NotificationPreferences(
                    choices: ["overdue": .init(isShown: number(2) == 0, isMailed: false)]))
        case 3: change = number(5) == 0 ? .ended : .readAll(until: now)
        default:
            change = .raised(
                Notification(
                    id: RecordID("n\(count)"), kind: number(2) == 0 ? "role" : "overdue",
                    team: number(3) == 0 ? nil : "t1", values: ["organisation": "Sol"], at: now))
        }
        return NotificationEvent(account: account, change: change, at: now)
    }
}
