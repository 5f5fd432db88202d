package bank;

import java.util.List;

public final class Bank {
    /**
     * Moves money. Nobody sees it missing from one account and not yet on the other through {@link #total}.
     *
     * <p>Locks are taken in the order of the account numbers, whichever way the money goes: two transfers between the
     * same accounts cannot wait for each other.
     */
    public boolean transfer(Account from, Account to, long amount) {
        if (from.number() == to.number()) {
            throw new IllegalArgumentException("both accounts are " + from.number());
        }
        Account first = from.number() < to.number() ? from : to;
        Account second = first == from ? to : from;
        synchronized (first) {
            synchronized (second) {
                if (!from.withdraw(amount)) {
                    return false;
                }
                to.deposit(amount);
                return true;
            }
        }
    }

    /** What all the accounts hold together at one moment. */
    public long total(List<Account> accounts) {
        List<Account> ordered = accounts.stream().sorted((a, b) -> Long.compare(a.number(), b.number())).toList();
        return sum(ordered, 0);
    }

    private static long sum(List<Account> accounts, int index) {
        if (index == accounts.size()) {
            return 0;
        }
        Account account = accounts.get(index);
        synchronized (account) { // held until the others are added: the locks nest in the order of the numbers
            return Math.addExact(account.cents(), sum(accounts, index + 1));
        }
    }
}
