package import Conversation
import TimeZones

/// A time up to now, in hours or days of a business's, and the same time before.
package struct Period: Sendable {
    /// How long.
    package enum Length: String, Hashable, Sendable, Codable, CaseIterable {
        /// The running hour and the 23 before.
        case day = "24h"
        /// Today and the 6 days before.
        case week = "7d"
        /// Today and the 29 days before.
        case month = "30d"
        /// Today and the 89 days before.
        case quarter = "90d"

        /// The days that it has; one of hours has none of its own.
        package var days: Int64 {
            switch self {
            case .day: 1
            case .week: 7
            case .month: 30
            case .quarter: 90
            }
        }

        /// By what it can be divided; the first is usual.
        package var steps: [Step] {
            switch self {
            case .day: [.hour]
            case .week: [.day, .hour]
            case .month, .quarter: [.day, .week]
            }
        }
    }

    /// By what it is divided.
    package enum Step: String, Hashable, Sendable, Codable, CaseIterable {
        /// Hours of the wall's clock; where it is put back, the hour that comes twice is two.
        case hour
        /// Days of the business's zone.
        case day
        /// Weeks from Monday on, as far as they are in the period.
        case week
    }

    /// A part of it.
    package struct Part: Hashable, Sendable {
        /// Its first quarter hour.
        package var from: Slot
        /// The quarter hour after its last.
        package var to: Slot
    }

    /// A run of time.
    package struct Window: Hashable, Sendable {
        /// Its parts, one after the other.
        package var parts: [Part]
        /// Its first quarter hour.
        package var from: Slot { parts.first?.from ?? 0 }
        /// The quarter hour after its last; the last part may end later.
        package var to: Slot

        /// A run of parts, of which the last may end later.
        package init(parts: [Part], to: Slot) {
            self.parts = parts
            self.to = to
        }
    }

    /// How long it is.
    package let length: Length
    /// By what it is divided.
    package let step: Step
    /// The days of its zone.
    package let days: LocalDays
    /// The time up to now.
    package let now: Window
    /// The time before, as far into its last hour or day as now is.
    package let before: Window
    /// The whole time before, up to where this one begins.
    package let wholeBefore: Window

    /// A period that ends now; `nil` where it cannot be divided so.
    package init?(_ length: Length, by step: Step, until moment: Timestamp, in days: LocalDays) {
        guard length.steps.contains(step) else { return nil }
        self.length = length
        self.step = step
        self.days = days
        let slot = moment.slot
        let from: Slot
        let (earlier, cut): (Slot, Slot)
        if length == .day {
            from = Self.hourStart(slot, days) - 23 * 4
            earlier = from - 96
            cut = slot - 96 + 1
        } else {
            let today = days.day(of: slot)
            let first = today - length.days + 1
            from = days.start(of: first)
            earlier = days.start(of: first - length.days)
            cut = min(days.slot(like: slot, on: today - length.days) + 1, from)
        }
        now = Window(parts: Self.parts(from, to: slot + 1, by: step, days), to: slot + 1)
        before = Window(parts: Self.parts(earlier, to: cut, by: step, days), to: cut)
        wholeBefore = Window(parts: Self.parts(earlier, to: from, by: step, days), to: from)
    }

    /// The first quarter hour of the wall's hour in which one is.
    private static func hourStart(_ slot: Slot, _ days: LocalDays) -> Slot {
        let hour = days.hourStart(of: slot)
        var first = slot
        while days.hourStart(of: first - 1) == hour { first -= 1 }
        return first
    }

    /// The parts up to a quarter hour; the last is as long as that step is, though it runs.
    private static func parts(
        _ from: Slot, to: Slot, by step: Step, _ days: LocalDays
    ) -> [Part] {
        var parts: [Part] = []
        var start = from
        while start < to {
            let end: Slot
            switch step {
            case .hour:
                let hour = days.hourStart(of: start)
                var next = start + 1
                while days.hourStart(of: next) == hour { next += 1 }
                end = next
            case .day: end = days.start(of: days.day(of: start) + 1)
            case .week: end = days.start(of: LocalDays.monday(of: days.day(of: start)) + 7)
            }
            parts.append(Part(from: start, to: end))
            start = end
        }
        // A week may reach over where the period ends.
        if let last = parts.indices.last {
            let day = days.day(of: to - 1)
            let limit = step == .week ? max(to, days.start(of: day + 1)) : parts[last].to
            parts[last].to = min(parts[last].to, limit)
        }
        return parts
    }
}
