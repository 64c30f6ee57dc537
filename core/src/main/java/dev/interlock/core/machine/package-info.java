/** A machine: states, contracts, tools, fields, rules, budgets. */
@NullMarked
package dev.interlock.core.machine;

import org.jspecify.annotations.NullMarked;
