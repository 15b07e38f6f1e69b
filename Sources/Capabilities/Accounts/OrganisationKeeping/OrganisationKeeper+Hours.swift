import AccountRecords
import Conversation
import OpeningHours
import Telemetry
import TimeZones

extension OrganisationKeeper {
    /// What of an organisation stands in its business's settings, for the stages to decide by.
    struct Brought: Sendable {
        var standing: TenantSettings.Standing?
        var hours: TenantSettings.Hours?
        var levels: ServiceLevels?

        func isHeld(by settings: TenantSettings) -> Bool {
            settings.standing == standing && settings.hours == hours
                && settings.serviceLevels == levels
        }
    }

    /// What is to stand in a business's settings.
    ///
    /// Where the rules of its zone cannot be had now, the hours stay as they are there: those of a
    /// moment ago are better than none.
    func brought(to settings: TenantSettings, by facts: OrganisationFacts) -> Brought {
        var brought = Brought(
            standing: facts.served, hours: settings.hours, levels: facts.levels)
        do throws(ZoneError) {
            brought.hours = try hours(of: facts)
        } catch {
            logger.warning(
                "the opening hours of a business stay as they are: its time zone is unknown",
                [.tenant: .identifier(settings.tenant), .error: .error(error)])
        }
        return brought
    }

    /// The hours with the rules of their zone.
    ///
    /// Names of days stay out: they may be a person's. They begin with last year: what waits since
    /// then is reckoned by them, and they are the same all year long, so that settings change with
    /// the hours or the rules and not by themselves.
    private func hours(of facts: OrganisationFacts) throws(ZoneError) -> TenantSettings.Hours? {
        guard let hours = facts.hours, hours.inUse else { return nil }
        let rules = try place.zone(facts.locale.timeZone)
        let today = CivilDate(
            dayNumber: (place.now().milliseconds / 1_000).flooredQuotient(86_400))
        guard let start = CivilDate(year: today.year - 1, month: 1, day: 1) else { return nil }
        return TenantSettings.Hours(
            opening: OpeningHours(
                hours.schedule.unnamed.forgetting(before: start),
                in: rules.excerpt(from: start.dayNumber * 86_400)),
            language: facts.locale.language)
    }

    /// Looks at all hours from time to time: the system's updates change zones' rules.
    func lookAgain() async {
        while true {
            do { try await Task.sleep(for: Self.zoneWait) } catch { return }
            seeToHours()
        }
    }

    private static let zoneWait = Duration.seconds(3_600)
}
