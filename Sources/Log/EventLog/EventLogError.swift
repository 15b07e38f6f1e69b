/// Why the log did not do what was asked, by what the caller can do about it.
package enum EventLogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It may succeed later: the broker is away, the file is locked. Nothing was done.
    case transient(reason: String)
    /// There is no room: the disk is full or a quota is used up. Nothing was done.
    case full(reason: String)
    /// This session lost partitions to another member: nothing was committed, and all work in
    /// hand for them must be dropped. The session stays open; poll again.
    case fenced(reason: String)
    /// A newer process has joined under this session's slot: nothing was committed, and this
    /// process must end. Joining again would only take the slot back from the newer one.
    case superseded(reason: String)
    /// It is not known whether the commit took place; the session has to be opened anew, which
    /// reads the truth back.
    case indeterminate(reason: String)
    /// It will never succeed as asked: an unknown topic, a record too large, a broken file.
    case permanent(reason: String)

    /// Whether the same may succeed later without anybody's doing but time's, or room's on a disk.
    package var passes: Bool {
        switch self {
        case .transient, .full: true
        case .fenced, .superseded, .indeterminate, .permanent: false
        }
    }

    /// A sentence for people.
    package var description: String {
        switch self {
        case .transient(let reason): "the log is unavailable for now: \(reason)"
        case .full(let reason): "the log is full: \(reason)"
        case .fenced(let reason): "another member owns these partitions now: \(reason)"
        case .superseded(let reason): "a newer process has taken this one's place: \(reason)"
        case .indeterminate(let reason): "the commit's outcome is unknown: \(reason)"
        case .permanent(let reason): "the log refused: \(reason)"
        }
    }
}
