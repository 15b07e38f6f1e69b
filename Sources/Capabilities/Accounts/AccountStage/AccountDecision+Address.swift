import AccountRecords
import AuditRecords
import Conversation
import StageRuntime

/// The account's address: it is reserved before it counts, so that it is one account's.
extension AccountDecision {
    // MARK: Making an account

    mutating func create(_ new: NewAccount) throws(Refusal) {
        guard state.facts.standing == .none, state.creation == nil else { throw .exists }
        state.creation = .init(request: reserve(new.address.key), account: new, wish: wish)
    }

    /// Makes an account as a team proposes it; the team hears whether it came to be.
    mutating func create(_ new: NewAccount, for team: TenantID, _ membership: RecordID) {
        wish.action = "account.create"
        state.creation = .init(
            request: reserve(new.address.key), account: new, wish: wish, team: team,
            membership: membership)
    }

    private mutating func reserve(_ address: AddressKey) -> RecordID {
        effects.setTimer(AccountTimer.reservation, at: now + AccountLimits.answer)
        return ask(.reserve, address)
    }

    @discardableResult
    private mutating func ask(_ wish: AddressRequest.Wish, _ address: AddressKey) -> RecordID {
        effects.emit(AddressRequest(address: address, account: account, wish: wish, at: now))
    }

    /// Goes on once an address is the account's, or another's.
    ///
    /// What is answered after it was given up was let go at once then.
    mutating func take(_ result: AddressResult) {
        if let creation = state.creation, creation.request == result.request {
            effects.cancelTimer(AccountTimer.reservation)
            finish(creation, because: result.isReserved ? nil : .addressTaken)
        } else if let reservation = state.reservation, reservation.request == result.request {
            effects.cancelTimer(AccountTimer.reservation)
            state.reservation = nil
            wish = reservation.wish
            begin(reservation, isFree: result.isReserved)
        }
    }

    mutating func giveUpReservation() {
        if let creation = state.creation {
            ask(.release, creation.account.address.key)
            finish(creation, because: .timedOut)
        } else if let reservation = state.reservation {
            ask(.release, reservation.address.key)
            state.reservation = nil
            wish = reservation.wish
            refuse(.timedOut)
        }
    }

    private mutating func finish(
        _ creation: AccountState.Creation, because refusal: Refusal?
    ) {
        state.creation = nil
        wish = creation.wish
        if let refusal {
            refuse(refusal)
        } else {
            make(creation.account)
            done(.created, changes: [AuditChange("address", nil, creation.account.address.text)])
            sendFirstLink(of: creation.account)
        }
        guard let team = creation.team, let membership = creation.membership else { return }
        answer(membership, of: team, because: refusal)
    }

    private mutating func make(_ new: NewAccount) {
        state.facts.standing = .active
        state.facts.address = new.address
        state.facts.isVerified = new.isVerified
        state.facts.name = new.name
        state.facts.language = new.language
        state.facts.password = new.passwordHash.map { .init(hash: $0, version: 1) }
        state.facts.createdAt = now
    }

    private mutating func sendFirstLink(of new: NewAccount) {
        guard let token = new.token else { return }
        if new.passwordHash == nil {
            state.reset = .init(token, at: now)
            mail(.welcome, token: token)
        } else if !new.isVerified {
            state.verification = .init(token, at: now)
            mail(.verification, token: token)
        }
    }

    // MARK: Another address

    mutating func startAddressChange(
        _ address: AddressClaim, _ token: OneTimeToken, _ oldToken: OneTimeToken
    ) throws(Refusal) {
        try requireOwnOrOperator(proven: true)
        guard address.key != state.facts.address?.key else { throw .sameAddress }
        guard state.reservation == nil, state.facts.change == nil, state.leaving == nil else {
            throw .busy
        }
        state.reservation = .init(
            request: reserve(address.key), address: address, token: token, oldToken: oldToken,
            wish: wish)
    }

    /// Nothing counts before the new address confirmed it, and without a second factor the old one.
    ///
    /// Of an address that is another's nobody is told so: no link goes there, and the change ends
    /// by itself.
    private mutating func begin(_ reservation: AccountState.Reservation, isFree: Bool) {
        state.facts.change = .init(
            to: reservation.address, until: reservation.token.expires,
            waitsForOld: !state.facts.hasFactor)
        state.newAddress = isFree ? .init(reservation.token, at: now) : nil
        state.oldAddress = .init(reservation.oldToken, at: now)
        effects.setTimer(AccountTimer.change, at: reservation.token.expires)
        done(.addressChanging)
        if isFree {
            mail(.addressConfirmation, to: reservation.address.text, token: reservation.token)
        }
        mail(
            .addressNotice, token: reservation.oldToken,
            values: ["address": reservation.address.text])
    }

    mutating func confirmAddressChange(_ hash: String) throws(Refusal) {
        guard state.facts.change != nil else { throw .unknown }
        if state.newAddress?.matches(hash, at: now) == true {
            state.facts.change?.isConfirmedByNew = true
        } else if state.oldAddress?.matches(hash, at: now) == true {
            state.facts.change?.waitsForOld = false
        } else {
            throw .badToken
        }
        guard let change = state.facts.change, change.isConfirmedByNew, !change.waitsForOld
        else { return done(.addressChanging) }
        moveAddress(to: change.to)
    }

    private mutating func moveAddress(to new: AddressClaim) {
        let old = state.facts.address
        forgetAddressChange()
        // Links that went to the old address are void.
        state.reset = nil
        state.verification = nil
        state.facts.address = new
        state.facts.isVerified = true
        done(.addressChanged, changes: [AuditChange("address", old?.text, new.text)])
        guard let old else { return }
        ask(.release, old.key)
        mail(.addressChanged, to: old.text, values: ["address": new.text])
    }

    /// Lets a change be: by its person, or by whoever has the old address.
    mutating func cancelAddressChange(_ hash: String?) throws(Refusal) {
        guard let change = state.facts.change else { throw .unknown }
        if let hash {
            guard state.oldAddress?.matches(hash, at: now) == true else { throw .badToken }
        } else {
            try requireOwnOrOperator()
        }
        forgetAddressChange()
        ask(.release, change.to.key)
        done(.addressChangeEnded)
    }

    /// A change of address waited too long.
    mutating func endAddressChange() {
        guard let change = state.facts.change else { return }
        forgetAddressChange()
        ask(.release, change.to.key)
        tell(.addressChangeEnded)
    }

    private mutating func forgetAddressChange() {
        state.facts.change = nil
        state.newAddress = nil
        state.oldAddress = nil
        effects.cancelTimer(AccountTimer.change)
    }

    /// Lets all addresses of the account go.
    mutating func releaseAddresses() {
        if let address = state.facts.address { ask(.release, address.key) }
        if let change = state.facts.change {
            forgetAddressChange()
            ask(.release, change.to.key)
        }
        if let reservation = state.reservation {
            ask(.release, reservation.address.key)
            effects.cancelTimer(AccountTimer.reservation)
        }
    }
}
