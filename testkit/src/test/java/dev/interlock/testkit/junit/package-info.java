@org.jspecify.annotations.NullMarked
package dev.interlock.testkit.junit;
