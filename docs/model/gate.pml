/*
 * The gate of a Livegate session under `holdInput`, with push-to-talk. Covers every order in which the steps of an
 * application, a server, whatever can end a call, a transport that may fail and a connection that may close can happen.
 * Written from the laws in ARCHITECTURE.md, not from the code. An `atomic` is one step of one thread; anything may happen
 * between two steps.
 *
 * Sets of calls are bits: 1, 2, and 3 for both. A wire keeps messages in order and only delays them, and no process here
 * waits for an answer before its next step. So a message is seen as soon as it is sent, and a delayed message is one that
 * is sent later.
 */

#ifndef INPUTS
#define INPUTS 3
#endif

/* A law's bit is never set. It is there for its name, so that spin's report says which law was broken. */
bit G1, G2, G3, G4, G6, G7
#define law(name, holds) assert(name || (holds))

/* Faults to plant, one at a time, with -DMUTANT=…; spin must find each. The README describes them. */
mtype:fault = {
  NONE, OPENS_AT_FIRST_RESPONSE, CANCELLATION_CLEARS_ALL, RELEASES_BEFORE_RESPONSE, HOLD_DOES_NOT_STOP_RELEASE,
  OVERTAKES_THE_BACKLOG, NO_DEADLINE, FAILED_RESPONSE_KEEPS_HOLD, DROPS_SIGNALS, BELIEVES_A_FAILED_SEND,
  ELIDES_INSIDE_A_BRACKET, LATE_RESPONSE, ANSWERS_TWICE
}
#ifndef MUTANT
#define MUTANT NONE
#endif
#define with(fault) (MUTANT == fault)

mtype = { activityStart, audio, activityEnd }

/* The facts about the session. */
byte arrived, pending       /* calls that reached the client; those of them that are not settled */
byte spoken                 /* calls whose response was handed to the transport, so that nobody may answer them again */
byte cancelled, unsendable  /* need no answer: cancelled by the server, or lost with a send that threw */
bool closed
bool inTurn, endFailed      /* the application is in a turn; it has ended it, but sending the end failed */
bool mayFail = true         /* the transport may fail once in a run */

/* What the server has seen. */
byte answered, newest
bool bracketAtServer

/* The gate: its holds, its backlog (the inputs and their numbers), and the bracket as it assumes the server sees it. */
byte holds, waiting
mtype kinds[INPUTS]
byte numbers[INPUTS]
bool bracketOpen

/* Scratch variables of a step; they have no meaning between two steps. */
hidden mtype kind
hidden byte number, calls, taken, place

inline serverSeesInput() {
  law(G6, number > newest);
  law(G6, (arrived & ~(answered | cancelled | unsendable)) == 0);  /* it comes behind the responses it waited for */
  law(G4, kind == audio || bracketAtServer == (kind == activityEnd));
  newest = number;
  bracketAtServer = (kind == audio -> bracketAtServer : kind == activityStart)
}

inline serverSeesResponse() {
  law(G7, (answered & calls) == 0);
  answered = answered | calls
}

/* Decides whether the transport takes a message. */
inline transmit() {
  if
  :: taken = true
  :: mayFail -> mayFail = false; taken = false
  fi
}

/* Sends an input, unless the connection is gone or the server would see an unbalanced bracket. */
inline deliver() {
  if
  :: closed || (kind == activityStart && bracketOpen) || (kind == activityEnd && !bracketOpen)
  :: else ->
    law(G1, pending == 0);
    transmit();
    if
    :: taken -> serverSeesInput()
    :: else -> endFailed = endFailed || kind == activityEnd
    fi;
    if
    :: kind != audio && (taken || with(BELIEVES_A_FAILED_SEND)) -> bracketOpen = (kind == activityStart)
    :: else
    fi
  fi
}

active proctype application() {
  byte offered;
  do
  :: offered == INPUTS -> break
  :: atomic { offered < INPUTS ->
      if
      :: kind = activityStart; inTurn = true
      :: kind = audio
      :: kind = activityEnd; inTurn = false; endFailed = false
      fi;
      offered++;
      number = offered;
      if
      :: holds == 0 && (waiting == 0 || with(OVERTAKES_THE_BACKLOG)) -> deliver()
      :: holds != 0 && kind != audio && with(DROPS_SIGNALS)
      :: else -> kinds[waiting] = kind; numbers[waiting] = number; waiting++
      fi
    }
  od
}

inline shift() {
  waiting--;
  for (place : 1 .. INPUTS - 1) {
    kinds[place - 1] = kinds[place];
    numbers[place - 1] = numbers[place]
  }
  kinds[INPUTS - 1] = 0;
  numbers[INPUTS - 1] = 0
}

/* Sends the backlog one by one, as long as there is no hold. A turn without any audio is given up whole. */
active proctype release() {
  bool leaving;
end:
  do
  :: atomic { waiting > 0 && (holds == 0 || (leaving && with(HOLD_DOES_NOT_STOP_RELEASE))) ->
      kind = kinds[0];
      number = numbers[0];
      shift();
      if
      :: kind == activityStart && waiting > 0 && kinds[0] == activityEnd &&
         (!bracketOpen || with(ELIDES_INSIDE_A_BRACKET)) -> shift()
      :: else -> deliver()
      fi;
      leaving = (waiting > 0 && with(HOLD_DOES_NOT_STOP_RELEASE))
    }
  od
}

inline checkHolds() { law(G2, (holds == 0) == (pending == 0)) }

inline receive(these) {
  arrived = arrived | these;
  pending = pending | these;
  holds = holds | these;
  checkHolds()
}

inline settle(these, released) {
  pending = pending & ~these;
  holds = holds & ~released;
  checkHolds()
}

/*
 * Whatever can end a call on the client's side: its handler returns or throws, it is answered by hand, or its deadline
 * comes. Two of them may race, and the later one is suppressed. One of them is sure to come, because the deadline is.
 */
proctype answer(byte id) {
  byte tries;
end:
  arrived & id;
  do
  :: atomic { tries < 2 ->
      tries++;
      if
      :: !(pending & id) && !with(LATE_RESPONSE) -> calls = 0
      :: (spoken & id) && !with(ANSWERS_TWICE) -> calls = 0
      :: else -> calls = id
      :: pending == 3 && spoken == 0 -> calls = 3  /* the responses to both, in one message */
      fi;
      if
      :: calls != 0 && !closed ->
        law(G7, (pending & calls) == calls);
        spoken = spoken | calls;
        transmit();
        if
        :: taken -> serverSeesResponse()
        :: else -> unsendable = unsendable | calls
        fi
      :: else
      fi
    }
  :: atomic { (pending & spoken & id) && !((unsendable & id) && with(FAILED_RESPONSE_KEEPS_HOLD)) ->
      settle(id, (with(OPENS_AT_FIRST_RESPONSE) -> 3 : id))
    }
  :: !(pending & id) -> break
  :: with(RELEASES_BEFORE_RESPONSE) && tries == 0 -> holds = holds & ~id
  :: with(NO_DEADLINE) || (with(FAILED_RESPONSE_KEEPS_HOLD) && (unsendable & id)) -> break
  od
}

#define cancellable(these) ((arrived & ~withdrawn & these) == these)

inline cancel(these) {
  withdrawn = withdrawn | these;
  cancelled = cancelled | (pending & these);
  settle(these, (with(CANCELLATION_CLEARS_ALL) -> 3 : these))
}

inline close() {
  closed = true;
  pending = 0;
  holds = 0;
  do
  :: waiting > 0 -> shift()
  :: else -> break
  od
}

/* The server makes calls, in one message or in two, and cancels them; the connection may close. All at any time or never. */
active proctype server() {
  byte withdrawn;
  do
  :: atomic { arrived == 0 -> receive(3) }
  :: atomic { arrived == 0 -> receive(1) }
  :: atomic { arrived == 1 -> receive(2) }
  :: atomic { cancellable(1) -> cancel(1) }
  :: atomic { cancellable(2) -> cancel(2) }
  :: atomic { cancellable(3) -> cancel(3) }
  :: atomic { true -> close(); break }
  :: break
  od
}

init {
  atomic { run answer(1); run answer(2) }
  /* The laws that hold at the end, when nothing more can happen. Spin checks that every run gets here. */
  timeout;
  law(G3, holds == 0 && waiting == 0);
  law(G4, !bracketAtServer || inTurn || endFailed || closed);
  law(G7, (arrived & ~(answered | cancelled | unsendable)) == 0 || closed)
}
