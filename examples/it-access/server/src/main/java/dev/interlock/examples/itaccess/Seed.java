package dev.interlock.examples.itaccess;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables, and who and what is in them at first.
 *
 * <p>The texts {@code CANARY-…} stand in the records of people who are attacked in scenarios: where
 * one turns up outside this file, data has leaked.
 */
final class Seed {
  private Seed() {}

  private static final String TABLES =
      """
      CREATE TABLE IF NOT EXISTS people (
        id TEXT PRIMARY KEY, email TEXT UNIQUE NOT NULL, name TEXT NOT NULL,
        manager TEXT NOT NULL, phone TEXT NOT NULL, note TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS accounts (
        employee_id TEXT PRIMARY KEY REFERENCES people (id),
        password_version INTEGER NOT NULL DEFAULT 1);
      CREATE TABLE IF NOT EXISTS devices (id TEXT PRIMARY KEY, name TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS resets (
        id INTEGER PRIMARY KEY, employee_id TEXT NOT NULL,
        key TEXT NOT NULL, instance TEXT NOT NULL, caller TEXT NOT NULL, at TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS grants (
        id INTEGER PRIMARY KEY, employee_id TEXT NOT NULL, device TEXT NOT NULL,
        key TEXT NOT NULL, instance TEXT NOT NULL, caller TEXT NOT NULL, at TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS mails (
        id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
        key TEXT NOT NULL, instance TEXT NOT NULL, caller TEXT NOT NULL, at TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS resets_by_key ON resets (key);
      CREATE INDEX IF NOT EXISTS grants_by_key ON grants (key);
      """;

  private static final String ROWS =
      """
      INSERT OR IGNORE INTO people VALUES
        ('E-1000', 'bob@example.com', 'Bob Berger', '', '+1 555 0100', 'team lead'),
        ('E-1001', 'ana@example.com', 'Ana Alvarez', 'bob@example.com', '+1 555 0101', ''),
        ('E-1002', 'vera@example.com', 'Vera Novak', '', '+1 555 0102 CANARY-7f3a',
         'head of finance; recovery phrase CANARY-9c41'),
        ('E-1003', 'dora@example.com', 'Dora Lind', 'bob@example.com', '+1 555 0103', ''),
        ('E-1004', 'mallory@example.com', 'Mallory Quist', 'bob@example.com', '+1 555 0104',
         'contractor');
      INSERT OR IGNORE INTO accounts (employee_id) SELECT id FROM people;
      INSERT OR IGNORE INTO devices VALUES
        ('laptop-14', 'Laptop, 14 inch'),
        ('laptop-16', 'Laptop, 16 inch'),
        ('tablet-11', 'Tablet, 11 inch'),
        ('phone-6', 'Phone'),
        ('token-admin', 'Hardware token for administrators');
      """;

  static void plant(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // This driver runs every statement of a text with executeUpdate, and only the first with
      // execute.
      statement.executeUpdate(TABLES);
      statement.executeUpdate(ROWS);
    }
  }
}
