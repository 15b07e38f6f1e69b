import Conversation
import JSON

/// Where the tenants' settings come from.
enum SettingsSource: Sendable {
    /// From the tenants as they are known when a decision begins.
    case tenants(@Sendable (TenantID) -> TenantSettings?)
    /// From the records of decisions; `nil` where none holds any.
    case recorded(ErasedSettings?)
}

/// What a stage wants of a tenant's settings, without its type.
final class ErasedSettings: Sendable {
    /// The value.
    let value: any Erased
    /// Its JSON, as decisions hold it.
    let json: NestedJSON
    /// What a key's state remembers of it; nothing where it is what an unknown tenant has.
    let mark: [UInt8]

    init<Part: SettingsPart>(_ settings: Part) {
        let erased = ErasedValue(settings)
        value = erased
        // Text and whole numbers only: it can always be written.
        json = NestedJSON((try? erased.json()) ?? Array("{}".utf8))
        mark = settings == Part() ? [] : NameHash.bytes(json.bytes)
    }
}

/// The tenants' settings reach a decision when it begins, and are recorded with it.
///
/// A decision's record holds them where they are others than the key's record before held, so that
/// decisions do not grow by what hardly ever changes: the key's state remembers a hash of what was
/// recorded last. The value itself is in the decision, as the topic of tenants is compacted and
/// forgets what was. Who repeats decisions has read all of the key's before, or knows that some are
/// missing: then the key's state is in doubt, too.
extension StageEngine {
    /// What the stage wants of a tenant's settings; `nil` where it wants none.
    mutating func settings(of tenant: TenantID) -> ErasedSettings? {
        guard let unknown = stage.unknownSettings else { return nil }
        switch source {
        case .recorded(let settings): return settings ?? unknown
        case .tenants(let find):
            guard let found = find(tenant) else { return unknown }
            let settings = stage.settings(found, knownSettings[tenant])
            knownSettings[tenant] = settings
            return settings
        }
    }

    /// The settings of a decision that its record must hold, as the key's records before held
    /// others; they are remembered as recorded.
    mutating func settingsToRecord(of active: ActiveDecision?, key: WorkKey) -> NestedJSON? {
        guard let settings = active?.settings, let recorded = keys[key]?.recordedSettings,
            settings.mark != recorded
        else { return nil }
        keys[key]?.recordedSettings = settings.mark
        batches[key.partition, default: .init()].settings[key.key] = settings.mark
        return settings.json
    }
}
