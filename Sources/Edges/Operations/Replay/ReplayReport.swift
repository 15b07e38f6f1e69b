import Conversation

/// What a replay found.
package struct ReplayReport: Hashable, Sendable, Encodable {
    /// The stage.
    package var stage: String
    /// Inputs in range whose outputs are the same to the byte.
    package var identical = 0
    /// Records that are the same to the byte, dead letters included.
    package var outputs = 0
    /// Inputs in range that came out otherwise, or with records too few or too many.
    package var different = 0
    /// The first difference.
    package var first: ReplayDifference?
    /// Inputs in range that were handled, and whose decision is not in the log any more.
    package var undecided = 0
    /// positions of some of those.
    package var undecidedPositions: [String] = []
    /// Decisions in range whose input is not in the log any more.
    package var inputsGone = 0
    /// Inputs in range an answer to which was too large to be recorded, or is no longer kept.
    package var unrecorded = 0
    /// Inputs in range that a version before decided, which asked what this one does not ask.
    package var askedFormerly = 0
    /// Inputs in range whose key's state before is not known, as the kept log begins later or
    /// something before could not be repeated.
    package var doubtful = 0
    /// Those of them whose outputs are the same nevertheless.
    package var doubtfulSame = 0
    /// The keys of those.
    package var doubtfulKeys = 0
    /// Records of inputs in range that were dropped from their topic since, by age or compaction.
    package var outputsGone = 0
    /// Inputs in range that were set aside without being tried to their end.
    package var setAside = 0
    /// Inputs in range that were redriven for another stage and cannot be read by this one.
    package var forOthers = 0
    /// Inputs in range that cannot be repeated, as the key of their words was destroyed.
    package var erased = 0
    /// Outputs that say the same in other bytes: they were written before their tenant had a key,
    /// or under another one.
    package var sealedOtherwise = 0
    /// Inputs in range that the stage has not handled yet.
    package var pending = 0
    /// Decisions before the range that were repeated to know the state at its beginning.
    package var history = 0
    /// When the oldest decision was made that was repeated, in milliseconds since 1970.
    package var oldest: Int64?
    /// Repeated records that stand in no topic.
    package var missing = 0

    /// Some of the inputs without a decision are named.
    static let placesShown = 5

    init(stage: String) { self.stage = stage }

    /// Whether all that was asked for could be compared.
    package var isComplete: Bool {
        undecided + inputsGone + unrecorded + askedFormerly + doubtful + setAside == 0
    }

    /// Whether nothing at all was in range.
    package var isEmpty: Bool {
        isComplete && identical + different + outputsGone + pending + forOthers + erased == 0
    }

    /// The exit code: 0 for identical, 1 for a difference, 3 where something was not compared.
    package var exitCode: Int32 { different > 0 ? 1 : isComplete ? 0 : 3 }

    /// The report for people.
    package var text: String {
        var lines: [String] = []
        if isEmpty {
            lines.append("nothing to compare: no input is in range")
        } else if different == 0 {
            lines.append("identical: \(identical) inputs, \(outputs) outputs")
        } else {
            lines.append("different: \(different) inputs; \(identical) are identical")
        }
        if let first {
            lines.append("the first difference: input \(first.input) at \(first.position)")
            lines += first.lines.map { "  " + VisibleText.line($0) }
        }
        lines += notes
        if let oldest {
            let moment = Timestamp(milliseconds: oldest).rfc3339
            lines.append(
                "repeated from \(moment) on, \(history) decisions of them before the range")
        }
        return lines.joined(separator: "\n")
    }

    private var notes: [String] {
        var notes: [String] = []
        func note(_ count: Int, _ words: String) {
            if count > 0 { notes.append("\(count) \(words)") }
        }
        note(
            undecided,
            "inputs not compared: no decision record is kept ("
                + undecidedPositions.joined(separator: ", ")
                + (undecided > undecidedPositions.count ? ", …)" : ")"))
        note(inputsGone, "decisions not compared: their input is not kept")
        note(
            unrecorded,
            "inputs not compared: an answer was too large to be recorded, or is no longer kept")
        note(
            askedFormerly,
            "inputs not compared: a version before decided them, which asked otherwise")
        note(
            doubtful,
            "inputs of \(doubtfulKeys) keys whose state before is not known; \(doubtfulSame) of "
                + "them came out the same")
        note(setAside, "inputs were set aside untried: nothing to compare")
        note(outputsGone, "outputs are no longer in their topic: too old, or compacted away")
        note(erased, "inputs not compared: what they said is erased")
        note(
            sealedOtherwise,
            "outputs say the same, and are sealed otherwise: by no key yet, or by another"
        )
        note(forOthers, "inputs were redriven for another stage")
        note(pending, "inputs are not handled yet")
        return notes
    }
}
