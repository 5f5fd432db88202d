"""A long module, as they grow."""

import json
import logging
from collections import defaultdict

from engine.clock import now_ms, sleep_until

log = logging.getLogger(__name__)


class Scheduler:
    """Runs jobs at their time."""

    interval = 30

    def __init__(self, jobs):
        self.jobs = list(jobs)
        self.failures = defaultdict(int)

    def step_0(self, count, *, force=False):
        """Step 0 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 0 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_1(self, count, *, force=False):
        """Step 1 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 1 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_2(self, count, *, force=False):
        """Step 2 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 2 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_3(self, count, *, force=False):
        """Step 3 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 3 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_4(self, count, *, force=False):
        """Step 4 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 4 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_5(self, count, *, force=False):
        """Step 5 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 5 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_6(self, count, *, force=False):
        """Step 6 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 6 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_7(self, count, *, force=False):
        """Step 7 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 7 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_8(self, count, *, force=False):
        """Step 8 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 8 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_9(self, count, *, force=False):
        """Step 9 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 9 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_10(self, count, *, force=False):
        """Step 10 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 10 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_11(self, count, *, force=False):
        """Step 11 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 11 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_12(self, count, *, force=False):
        """Step 12 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 12 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_13(self, count, *, force=False):
        """Step 13 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 13 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_14(self, count, *, force=False):
        """Step 14 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 14 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_15(self, count, *, force=False):
        """Step 15 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 15 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_16(self, count, *, force=False):
        """Step 16 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 16 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_17(self, count, *, force=False):
        """Step 17 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 17 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_18(self, count, *, force=False):
        """Step 18 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 18 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_19(self, count, *, force=False):
        """Step 19 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 19 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_20(self, count, *, force=False):
        """Step 20 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 20 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_21(self, count, *, force=False):
        """Step 21 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 21 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_22(self, count, *, force=False):
        """Step 22 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 22 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_23(self, count, *, force=False):
        """Step 23 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 23 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_24(self, count, *, force=False):
        """Step 24 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 24 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_25(self, count, *, force=False):
        """Step 25 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 25 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_26(self, count, *, force=False):
        """Step 26 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 26 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_27(self, count, *, force=False):
        """Step 27 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 27 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_28(self, count, *, force=False):
        """Step 28 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 28 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_29(self, count, *, force=False):
        """Step 29 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 29 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_30(self, count, *, force=False):
        """Step 30 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 30 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_31(self, count, *, force=False):
        """Step 31 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 31 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_32(self, count, *, force=False):
        """Step 32 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 32 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_33(self, count, *, force=False):
        """Step 33 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 33 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_34(self, count, *, force=False):
        """Step 34 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 34 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_35(self, count, *, force=False):
        """Step 35 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 35 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_36(self, count, *, force=False):
        """Step 36 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 36 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_37(self, count, *, force=False):
        """Step 37 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 37 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_38(self, count, *, force=False):
        """Step 38 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 38 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_39(self, count, *, force=False):
        """Step 39 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 39 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_40(self, count, *, force=False):
        """Step 40 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 40 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_41(self, count, *, force=False):
        """Step 41 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 41 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_42(self, count, *, force=False):
        """Step 42 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 42 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_43(self, count, *, force=False):
        """Step 43 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 43 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_44(self, count, *, force=False):
        """Step 44 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 44 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_45(self, count, *, force=False):
        """Step 45 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 45 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_46(self, count, *, force=False):
        """Step 46 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 46 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_47(self, count, *, force=False):
        """Step 47 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 47 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_48(self, count, *, force=False):
        """Step 48 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 48 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_49(self, count, *, force=False):
        """Step 49 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 49 stops at %d", number)
                break
            kept.append(job)
        return kept

    def retry(self, job, error):
        """Count the failure; whether the job should run again."""
        self.failures[job.name] += 1
        return self.failures[job.name] < 3

    def step_50(self, count, *, force=False):
        """Step 50 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 50 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_51(self, count, *, force=False):
        """Step 51 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 51 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_52(self, count, *, force=False):
        """Step 52 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 52 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_53(self, count, *, force=False):
        """Step 53 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 53 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_54(self, count, *, force=False):
        """Step 54 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 54 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_55(self, count, *, force=False):
        """Step 55 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 55 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_56(self, count, *, force=False):
        """Step 56 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 56 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_57(self, count, *, force=False):
        """Step 57 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 57 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_58(self, count, *, force=False):
        """Step 58 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 58 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_59(self, count, *, force=False):
        """Step 59 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 59 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_60(self, count, *, force=False):
        """Step 60 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 60 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_61(self, count, *, force=False):
        """Step 61 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 61 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_62(self, count, *, force=False):
        """Step 62 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 62 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_63(self, count, *, force=False):
        """Step 63 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 63 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_64(self, count, *, force=False):
        """Step 64 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 64 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_65(self, count, *, force=False):
        """Step 65 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 65 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_66(self, count, *, force=False):
        """Step 66 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 66 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_67(self, count, *, force=False):
        """Step 67 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 67 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_68(self, count, *, force=False):
        """Step 68 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 68 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_69(self, count, *, force=False):
        """Step 69 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 69 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_70(self, count, *, force=False):
        """Step 70 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 70 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_71(self, count, *, force=False):
        """Step 71 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 71 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_72(self, count, *, force=False):
        """Step 72 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 72 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_73(self, count, *, force=False):
        """Step 73 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 73 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_74(self, count, *, force=False):
        """Step 74 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 74 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_75(self, count, *, force=False):
        """Step 75 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 75 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_76(self, count, *, force=False):
        """Step 76 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 76 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_77(self, count, *, force=False):
        """Step 77 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 77 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_78(self, count, *, force=False):
        """Step 78 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 78 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_79(self, count, *, force=False):
        """Step 79 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 79 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_80(self, count, *, force=False):
        """Step 80 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 80 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_81(self, count, *, force=False):
        """Step 81 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 81 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_82(self, count, *, force=False):
        """Step 82 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 82 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_83(self, count, *, force=False):
        """Step 83 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 83 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_84(self, count, *, force=False):
        """Step 84 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 84 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_85(self, count, *, force=False):
        """Step 85 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 85 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_86(self, count, *, force=False):
        """Step 86 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 86 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_87(self, count, *, force=False):
        """Step 87 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 87 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_88(self, count, *, force=False):
        """Step 88 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 88 stops at %d", number)
                break
            kept.append(job)
        return kept

    def step_89(self, count, *, force=False):
        """Step 89 of the cycle: keeps at most `count` jobs."""
        kept = []
        for number, job in enumerate(self.jobs):
            if number >= count and not force:
                log.debug("step 89 stops at %d", number)
                break
            kept.append(job)
        return kept

    def run_one(self, job):
        """Run a job once and note how it went."""
        try:
            return job.run()
        except OSError as error:
            log.warning("failed: %s", json.dumps(str(error)))
            return None
