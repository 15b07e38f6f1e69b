/// The bounds of teams.
package enum TeamLimits {
    /// Members.
    package static let members = 2_000
    /// Invitations that are open.
    package static let invitations = 200
    /// Roles that a team made.
    package static let sets = 50
    /// Keys, those that ended included as long as there is room.
    package static let keys = 200
    /// How long a deleted tenant can be restored.
    package static let retention = Duration.seconds(30 * 86_400)
    /// Between two notes of a key's use.
    package static let betweenUses = Duration.seconds(3_600)
}
