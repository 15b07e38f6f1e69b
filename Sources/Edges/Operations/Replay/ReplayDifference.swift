import Conversation
import EventLog
import JSON
import StageRuntime

/// The first thing in which a replay differs from what stands in the topics.
package struct ReplayDifference: Hashable, Sendable, Encodable {
    /// The input's id.
    package var input: String
    /// The input's position, or `timer/NAME`.
    package var position: String
    /// What differs, in lines for people.
    package var lines: [String]

    /// Bytes shown on each side of a difference.
    private static let window = 60

    /// Why a decision could not be repeated to its end.
    static func lines(for stop: ReplayStop, content: Bool) -> [String] {
        switch stop {
        case .timerNotSet:
            return ["it began with a timer that the repeated decisions do not set"]
        case .beginningNotKept:
            return ["the record of an earlier part of the decision is no longer kept"]
        case .asksOtherwise(let index, let recorded, let repeated):
            let lines = ["its question \(index + 1) to the world is another one"]
            return lines + sides(Array(recorded.utf8), Array(repeated.utf8), content)
        case .asksLess(let recorded, let repeated):
            return ["it asks the world \(repeated) times; recorded are \(recorded)"]
        case .asksMore(let recorded, let call):
            return ["it asks the world for \(call) after the \(recorded) recorded answers"]
        case .answerNotRecorded(let index):
            return ["answer \(index + 1) was too large to be recorded, or is no longer kept"]
        case .answerUnreadable(let index, let reason):
            return ["answer \(index + 1) cannot be read: \(reason)"]
        case .askedFormerly(let index, let call):
            return ["its question \(index + 1), \(call), is one that only versions before asked"]
        case .settingsUnreadable(let reason):
            return ["the tenant's settings that it tells cannot be read: \(reason)"]
        }
    }

    /// Where two records differ.
    static func lines(standing: Record, repeated: Record, content: Bool) -> [String] {
        if standing.key != repeated.key {
            return ["the keys differ"] + sides(standing.key, repeated.key, true)
        }
        if standing.timestamp != repeated.timestamp {
            return ["the times differ: \(standing.timestamp) and \(repeated.timestamp)"]
        }
        if standing.headers != repeated.headers {
            return headerLines(Array(standing.headers), Array(repeated.headers))
        }
        guard let left = standing.value, let right = repeated.value else {
            return ["only \(standing.value == nil ? "the replay" : "the topic") has a value"]
        }
        return ["the values differ"] + sides(left, right, content)
    }

    private static func headerLines(
        _ standing: [RecordHeader], _ repeated: [RecordHeader]
    ) -> [String] {
        let index = zip(standing, repeated).enumerated().first { $1.0 != $1.1 }?.offset
        guard let index else {
            return ["there are \(standing.count) headers in the topic, \(repeated.count) repeated"]
        }
        let (left, right) = (standing[index], repeated[index])
        return [
            "the headers differ", "topic:  \(left.name): \(left.text)",
            "replay: \(right.name): \(right.text)",
        ]
    }

    /// The first byte in which two texts differ, at which field, and both sides of it; the bytes
    /// themselves only with `content`, as they may be a person's words.
    private static func sides(_ left: [UInt8], _ right: [UInt8], _ content: Bool) -> [String] {
        let common = zip(left, right).prefix { $0 == $1 }.count
        let field = JSONFields(bytes: left).path(to: common)
        var lines = [
            "at byte \(common)\(field.isEmpty ? "" : ", field \(field)"): "
                + "\(left.count) bytes in the topic, \(right.count) repeated"
        ]
        guard content else { return lines + ["--show-content shows both sides"] }
        lines.append("topic:  \(excerpt(left, common))")
        lines.append("replay: \(excerpt(right, common))")
        return lines
    }

    private static func excerpt(_ bytes: [UInt8], _ index: Int) -> String {
        let start = max(0, index - window / 2)
        let end = min(bytes.count, index + window)
        guard start < end else { return "(nothing)" }
        return (start > 0 ? "…" : "") + String(decoding: bytes[start..<end], as: UTF8.self)
            + (end < bytes.count ? "…" : "")
    }
}

extension JSONFields {
    /// The names of the fields that hold a byte, from the outside in: `proposal.answer.text`.
    func path(to byte: Int) -> String {
        var names: [String] = []
        var range = whole
        while true {
            var found: (name: Range<Int>, value: Range<Int>)?
            visit(range) { name, value in
                guard name.lowerBound <= byte + 1, byte < value.upperBound else { return true }
                found = (name, value)
                return false
            }
            guard let found else { return names.joined(separator: ".") }
            names.append(String(decoding: bytes[found.name], as: UTF8.self))
            range = found.value
        }
    }
}
