/** A web application whose agent acts for whoever is signed in. */
@NullMarked
package dev.interlock.examples.spring;

import org.jspecify.annotations.NullMarked;
