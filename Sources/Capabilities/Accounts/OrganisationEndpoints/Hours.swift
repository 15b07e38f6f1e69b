import AccountRecords
import Conversation
import Endpoints
import HTTPServer
import JSON
import OpeningHours
import Permissions
import TimeZones
import ZoneDatabase

/// When an organisation's people answer, and the version of it.
struct HoursAnswer: Described, Codable, Hashable, HasVersion {
    var inUse: Bool
    var week: [WeeklyHours]
    var closures: [DatedHours]
    var extras: [DatedHours]
    var timeZone: String
    var version: Int

    init(_ facts: OrganisationFacts) {
        let hours = facts.hours ?? .init()
        inUse = hours.inUse
        week = hours.schedule.week.map {
            WeeklyHours(
                day: WeeklyHours.days[min(max($0.day - 1, 0), 6)],
                from: HoursForm.text($0.span.from), to: HoursForm.text($0.span.to))
        }
        closures = hours.schedule.closures.map(DatedHours.init)
        extras = hours.schedule.extras.map(DatedHours.init)
        timeZone = facts.locale.timeZone
        version = facts.version(.hours)
    }

    static let schema = JSONSchema.object(
        HoursRequest.fields + [
            .required("timeZone", .text("The organisation's time zone, in which they are.")),
            .required("version", .count("The version.")),
        ], named: "OrganisationHours")
}

extension DatedHours {
    init(_ dated: OpeningSchedule.Dated) {
        let isWhole = dated.span == .wholeDay
        self.init(
            date: dated.date.description, until: dated.until?.description,
            from: isWhole ? nil : HoursForm.text(dated.span.from),
            to: isWhole ? nil : HoursForm.text(dated.span.to), name: dated.name)
    }
}

/// Whether an organisation is open, by the hours that its stages go by.
struct HoursStateAnswer: Described, Codable, Hashable {
    var inUse: Bool
    var isOpen: Bool?
    var changesAt: Timestamp?
    var changesAtLocal: String?
    var nowLocal: String?
    var timeZone: String
    var rules: String?
    var problem: String?

    init(_ facts: OrganisationFacts, at now: Timestamp, _ zones: ZoneDatabase) {
        inUse = facts.hours?.inUse == true
        isOpen = inUse ? nil : true
        timeZone = facts.locale.timeZone
        do throws(ZoneError) {
            let zone = try zones.rules(of: facts.locale.timeZone)
            let second = now.milliseconds.flooredQuotient(1_000)
            rules = zone.version
            nowLocal = Self.wall(second, zone)
            guard inUse, let hours = facts.hours else { return }
            let opening = OpeningHours(hours.schedule, in: zone)
            isOpen = opening.isOpen(at: second)
            if let change = opening.nextChange(after: second).instant {
                changesAt = Timestamp(seconds: change)
                changesAtLocal = Self.wall(change, zone)
            }
        } catch {
            problem = error.description
        }
    }

    /// The wall clock's time by the rules that decide: a browser may know others.
    private static func wall(_ instant: Int64, _ zone: ZoneRules) -> String {
        let local = zone.local(at: instant)
        let date = CivilDate(dayNumber: local.flooredQuotient(86_400))
        return "\(date)T\(HoursForm.text(Int(local.remainder(86_400) / 60)))"
    }

    static let schema = JSONSchema.object(
        [
            .required("inUse", .boolean("Whether opening hours count.")),
            .optional("isOpen", .boolean("Whether it is open; missing where that is unknown.")),
            .optional(
                "changesAt",
                .time("When it closes or opens next; missing where that is not within 400 days.")),
            .optional(
                "changesAtLocal",
                .text("The same by the wall's clock there, such as 2026-12-07T09:00.")),
            .optional("nowLocal", .text("What the wall's clock shows there now.")),
            .required("timeZone", .text("The time zone.")),
            .optional("rules", .text("The version of the time zones' rules, such as 2026b.")),
            .optional("problem", .text("Why it is unknown.")),
        ], named: "OrganisationHoursState")
}

extension OrganisationEndpoints {
    var hours: [Endpoint] { [readHours, writeHours, hoursNow] }

    private var readHours: Endpoint {
        reading("hours", "Shows when an organisation's people answer.") { HoursAnswer($1) }
    }

    private var writeHours: Endpoint {
        writing(
            "hours", .writeSettings, "Changes when an organisation's people answer.",
            { (wanted: HoursRequest, _, _) throws(Problem) in .hours(try wanted.part()) },
            { HoursAnswer($1) })
    }

    private var hoursNow: Endpoint {
        .tenant(
            .at(
                .get, Self.base + "/organisation/hours/now", "organisation.hours.now",
                "Tells whether an organisation is open, and when that changes."),
            may: .readSettings,
            .init(
                gives: Reply<HoursStateAnswer>.self,
                problems: [Authorizer.noTenant, .viewIsBuilt])
        ) { call in
            Reply(HoursStateAnswer(try await facts(call.scope), at: means.now(), means.zones))
        }
    }
}
