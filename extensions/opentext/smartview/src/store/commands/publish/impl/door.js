// Speaks to the store's side: one POST per configured store, with the person's ticket as proof. The store's side shows
// the ticket to its own Content Server and keeps it nowhere; it does not travel in an address or a body.
define(['csui/lib/jquery'], function ($) {
  'use strict';

  var REASONS = { 400: 'refused', 401: 'ticket', 422: 'refused', 429: 'busy', 503: 'unavailable' };

  // Random, so that asking twice is two requests and a repeated delivery of one is not.
  function eventId() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return 'smartview-' + Array.prototype.map.call(bytes, function (byte) {
      return ('0' + byte.toString(16)).slice(-2);
    }).join('');
  }

  function problemOf(response) {
    return {
      reason: REASONS[response.status] || 'unexpected',
      status: response.status,
      wait: Number(response.headers.get('Retry-After')) || 0
    };
  }

  function post(door, message, ticket) {
    var done = $.Deferred();
    window.fetch(door, {
      method: 'POST',
      mode: 'cors',
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      headers: { 'Content-Type': 'application/json', 'X-Storefront-Ticket': ticket },
      body: JSON.stringify(message)
    }).then(function (response) {
      if (response.status === 202) {
        done.resolve();
      } else {
        done.reject(problemOf(response));
      }
    }, function () {
      done.reject({ reason: 'unreachable', status: 0, wait: 0 });
    });
    return done.promise();
  }

  return {
    // `about` is {node_id, version}. Resolved when every store's side took it in; else rejected with {reason, status,
    // wait (seconds)} of the first that did not.
    knock: function (doors, about, ticket) {
      if (!ticket) {
        return $.Deferred().reject({ reason: 'ticket', status: 0, wait: 0 }).promise();
      }
      var message = {
        event: 'content.approved',
        event_id: eventId(),
        node_id: about.node_id,
        version: about.version,
        sent_at: new Date().toISOString()
      };
      return $.when.apply($, doors.map(function (door) {
        return post(door, message, ticket);
      }));
    }
  };
});
