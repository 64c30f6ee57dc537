@org.jspecify.annotations.NullMarked
package dev.interlock.langchain4j;
